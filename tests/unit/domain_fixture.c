/* SPDX-License-Identifier: MIT */
#include "domain_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

struct string_list domain_argv;
struct text domain_said;
unsigned domain_errors;

static void note(void *context, enum log_level level, const char *text)
{
	(void)context;
	domain_errors += level == LOG_ERROR;
	text_addf(&domain_said, "%s\n", text);
}

int domain_fixture_parse(const char *domain, const char *attached, struct error *err)
{
	const struct log log = { .emit = note };
	const struct domain_source source = { domain, strlen(domain), "guest.xml" };
	const struct domain_source device = { attached, attached ? strlen(attached) : 0,
					      "device.xml" };

	string_list_free(&domain_argv);
	text_free(&domain_said);
	domain_errors = 0;
	return domain_parse(&domain_argv, &source, &device, attached ? 1 : 0, &log, err);
}

char *domain_with(const char *os, const char *more)
{
	char *text;

	assert_true(asprintf(&text,
			     "<domain type='qemu'><name>n</name><memory>1048576</memory>"
			     "<os><type>hvm</type>%s</os>%s</domain>", os, more) > 0);
	return text;
}

char *domain_fixture_joined(void)
{
	struct text all = { 0 };
	char *copy;

	for (size_t i = 0; i < domain_argv.count; i++)
		text_addf(&all, "%s%s", i ? " " : "", domain_argv.items[i]);
	copy = strdup(text_chars(&all));
	text_free(&all);
	return copy;
}

void assert_becomes(const char *os, const char *more, const char *expected)
{
	char *domain = domain_with(os, more), *actual;
	struct error err = { 0 };
	int rc = domain_fixture_parse(domain, NULL, &err);

	if (rc)
		fail_msg("%s%s: %s %s\n%s", os, more, err.message, err.cause, text_chars(&domain_said));
	actual = domain_fixture_joined();
	assert_string_equal(actual, expected);
	free(actual);
	free(domain);
}

void assert_device(const char *xml, const char *expected)
{
	char *more, *all;

	assert_true(asprintf(&more, "<devices>%s</devices>", xml) > 0);
	assert_true(asprintf(&all, DOMAIN_FRONT "-smp cpus=1 -m size=1024M %s", expected) > 0);
	assert_becomes("", more, all);
	free(more);
	free(all);
}

void assert_fault(const char *os, const char *more, const char *words)
{
	char *domain = domain_with(os, more);
	struct error err = { 0 };

	assert_int_equal(domain_fixture_parse(domain, NULL, &err), ERR_INVALID);
	if (domain_errors != 1 || !strstr(text_chars(&domain_said), words))
		fail_msg("%s%s: not the one fault '%s':\n%s", os, more, words, text_chars(&domain_said));
	assert_non_null(strstr(text_chars(&domain_said), "guest.xml, line 1: "));
	assert_non_null(strstr(err.message, "1 thing is wrong"));
	free(domain);
}

void assert_device_fault(const char *xml, const char *words)
{
	char *more;

	assert_true(asprintf(&more, "<devices>%s</devices>", xml) > 0);
	assert_fault("", more, words);
	free(more);
}

int domain_fixture_clear(void **state)
{
	(void)state;
	string_list_free(&domain_argv);
	text_free(&domain_said);
	return 0;
}
