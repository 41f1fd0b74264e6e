/* SPDX-License-Identifier: MIT */
/* Domain XMLs for tests: a smallest one, and what becomes of it. */
#ifndef UV_TESTS_UNIT_DOMAIN_FIXTURE_H
#define UV_TESTS_UNIT_DOMAIN_FIXTURE_H

#include "base/text.h"
#include "machine/domain.h"

/* What the last domain_fixture_parse() gave: options, remarks (a line each), and how
 * many of these were errors. */
extern struct string_list domain_argv;
extern struct text domain_said;
extern unsigned domain_errors;

/* domain_parse() of "guest.xml" and, if not NULL, of "device.xml" with it. */
int domain_fixture_parse(const char *domain, const char *attached, struct error *err);

/* The options as one string, blanks between; caller frees. */
char *domain_fixture_joined(void);

/* For a group's teardown. */
int domain_fixture_clear(void **state);

/* The smallest domain, with @os in <os> and @more behind it, on one line; caller frees. */
char *domain_with(const char *os, const char *more);

/* The first options of each such domain. */
#define DOMAIN_FRONT \
	"-name guest=n -machine type=s390-ccw-virtio -display none -nodefaults "

/* That domain becomes exactly these options. */
void assert_becomes(const char *os, const char *more, const char *expected);
/* That domain has exactly one fault, which is described with these words. */
void assert_fault(const char *os, const char *more, const char *words);
/* The same with @xml in <devices>, and the options behind the first ones. */
void assert_device(const char *xml, const char *expected);
void assert_device_fault(const char *xml, const char *words);

#endif
