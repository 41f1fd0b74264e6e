/* SPDX-License-Identifier: MIT */
#include "payload/suite/payload.h"

#include <stddef.h>

#include "payload/suite/tap.h"

#define REASON_DONE 0x600d

static bool ends_word(char c)
{
	return c == ' ' || c == '\0';
}

/* What stands behind "@name=" when that is what stands at @at, else NULL. */
static const char *value_at(const char *at, const char *name)
{
	while (*name) {
		if (*at++ != *name++)
			return NULL;
	}
	return *at == '=' ? at + 1 : NULL;
}

const char *parameter(const char *name)
{
	const char *at = payload_parameters;

	for (;;) {
		const char *value = value_at(at, name);

		if (value)
			return value;
		while (!ends_word(*at))
			at++;
		if (*at == '\0')
			return NULL;
		at++;
	}
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

	if (!value)
		return false;
	while (*text && *text == *value) {
		text++;
		value++;
	}
	return *text == '\0' && ends_word(*value);
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
