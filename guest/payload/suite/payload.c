/* SPDX-License-Identifier: MIT */
#include "payload/suite/payload.h"

#include <stddef.h>

#include "payload/suite/tap.h"

#define REASON_DONE 0x600d

static bool starts_with(const char *text, const char *start)
{
	while (*start) {
		if (*text++ != *start++)
			return false;
	}
	return true;
}

static bool ends_word(char c)
{
	return c == ' ' || c == '\0';
}

const char *parameter(const char *name)
{
	const char *at = payload_parameters;

	while (*at) {
		const char *equals = at;

		while (!ends_word(*equals) && *equals != '=')
			equals++;
		if (starts_with(at, name) && starts_with(equals, "=") &&
		    starts_with(equals - 1, name + (equals - at) - 1))
			return equals + 1;
		while (!ends_word(*at))
			at++;
		while (*at == ' ')
			at++;
	}
	return NULL;
}

unsigned parameter_number(const char *name, unsigned otherwise)
{
	const char *at = parameter(name);
	unsigned value = 0;

	if (!at)
		return otherwise;
	for (; *at >= '0' && *at <= '9'; at++)
		value = value * 10 + (unsigned)(*at - '0');
	return value;
}

bool parameter_is(const char *name, const char *text)
{
	const char *value = parameter(name);

	if (!value || !starts_with(value, text))
		return false;
	while (*text) {
		text++;
		value++;
	}
	return ends_word(*value);
}

/* Sleeps for good; for a test that looks at the guest from outside meanwhile. */
static _Noreturn void linger(void)
{
	const struct psw sleep = { PSW_EXTERNAL | PSW_WAIT | PSW_ADDRESSING_64, 0 };
	const uint64_t nothing = 0;

	__asm__ volatile("lctlg %%c0,%%c0,%0" : : "Q"(nothing));
	psw_load(&sleep);
}

_Noreturn void payload_begin(void)
{
	payload_main();
	tap_end();
	if (parameter_is("end", "linger"))
		linger();
	disabled_wait(REASON_DONE);
}
