/* SPDX-License-Identifier: MIT */
/*
 * Why a protected start failed, in words. Compiles on the build machine too,
 * for unit tests. See docs/reference/se-image.md, "DIAGNOSE 308".
 */
#ifndef UV_GUEST_BOOT_FAILURE_H
#define UV_GUEST_BOOT_FAILURE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/line.h"

/* What, where in the process, why, what to do. */
#define BOOT_FAILURE_LINES 4

struct boot_failure {
	struct line lines[BOOT_FAILURE_LINES];
};

/* The machine has no unpack facility. */
void boot_failure_no_facility(struct boot_failure *failure);

/* The stage's argument block was never filled in. */
void boot_failure_no_arguments(struct boot_failure *failure);

/* DIAGNOSE 308 subcode 8 returned @code instead of DIAG308_OK. */
void boot_failure_block(struct boot_failure *failure, uint64_t code);

/*
 * DIAGNOSE 308 subcode 10 returned with @code: from the left 16 bits each,
 * failed step, rrc and rc of the ultravisor, return code. Older hypervisors
 * leave the first three zero.
 */
void boot_failure_unpack(struct boot_failure *failure, uint64_t code);

#endif
