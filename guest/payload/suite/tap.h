/* SPDX-License-Identifier: MIT */
/*
 * Results as TAP ("ok 1 - name") on the console. A test is one line: it begins
 * with test(), gathers what is not as expected, and ends with the next test() or
 * with tap_end(). For one CPU at a time.
 */
#ifndef UV_PAYLOAD_TAP_H
#define UV_PAYLOAD_TAP_H

#include <stdbool.h>
#include <stdint.h>

/* Begins the test @name. */
void test(const char *name);

/* @what has to be @expected; the first one that is not is shown. */
void expect(const char *what, uint64_t got, uint64_t expected);

/* @what has to hold. */
void expect_true(const char *what, bool holds);

/* The @index-th element of @what has to be @expected. */
void expect_element(const char *what, unsigned index, uint64_t got,
		    uint64_t expected);

/* A remark, which is no result. */
void note(const char *text);

/* Ends the last test and shows the plan. */
void tap_end(void);

/* Shows why the payload cannot go on, and stops the CPU. */
_Noreturn void bail_out(const char *why, uint64_t number, uint64_t address);

#endif
