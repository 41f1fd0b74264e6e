/* SPDX-License-Identifier: MIT */
/* What every unit test includes: cmocka with the headers it forgets to. */
#ifndef UV_TESTS_UNIT_H
#define UV_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Fails with the message of @err instead of a bare number. */
#define assert_ok(rc, err)                                                    \
	do {                                                                  \
		if ((rc) != 0)                                                \
			fail_msg("rc %d: %s: %s", (rc), (err)->message,       \
				 (err)->cause);                               \
	} while (0)

#endif
