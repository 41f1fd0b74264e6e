/* SPDX-License-Identifier: MIT */
#ifndef UV_TESTS_ULTRAVISOR_EXPECT_H
#define UV_TESTS_ULTRAVISOR_EXPECT_H

#include "ultravisor/ultravisor.h"

/* Fails unless the result of an ultravisor call is exactly this. */
#define assert_result(call, want_rc, want_rrc)                                \
	do {                                                                  \
		struct uv_result result_ = (call);                            \
		if (result_.rc != (want_rc) || result_.rrc != (want_rrc))     \
			fail_msg("rc 0x%04x, rrc 0x%04x", result_.rc, result_.rrc); \
	} while (0)

#define assert_executed(call) assert_result(call, UV_RC_EXECUTED, 0)

#endif
