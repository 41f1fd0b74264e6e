/* SPDX-License-Identifier: MIT */
/*
 * What DIAG 308 subcodes 8 to 10 answer, and when an IPL parameter block of
 * type 5 is acceptable. See docs/reference/engine.md, "DIAGNOSE 308".
 */
#ifndef UV_PLUGIN_IPLB_PV_H
#define UV_PLUGIN_IPLB_PV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/ipib.h"
#include "ultravisor/ultravisor.h"

enum diag308_subcode {
	DIAG308_RESET_CLEAR = 0,
	DIAG308_RESET_LOAD_NORMAL = 1,
	DIAG308_LOAD_CLEAR = 3,
	DIAG308_LOAD_NORMAL = 4,
	DIAG308_SET = 5,
	DIAG308_STORE = 6,
	DIAG308_PV_SET = 8,
	DIAG308_PV_STORE = 9,
	DIAG308_PV_START = 10,
};

/* Codes in R1+1. */
enum diag308_code {
	DIAG308_OK = 0x0001,
	DIAG308_NO_BLOCK = 0x0102,
	DIAG308_INVALID_BLOCK = 0x0402,
	DIAG308_NO_PV_BLOCK = 0x0902,
	DIAG308_NOT_PROTECTABLE = 0x0a02,
};

/* What the hypervisor was doing when entering protected mode failed. */
enum pv_step {
	PV_STEP_ENABLE = 0,
	PV_STEP_SET_PARAMETERS = 2,
	PV_STEP_UNPACK = 3,
	PV_STEP_VERIFY = 4,
};

/* The content of R1+1 after a failed subcode 10: step, rrc, rc and the code. */
static inline uint64_t diag308_failure(enum pv_step step, struct uv_result result)
{
	return (uint64_t)step << 48 | (uint64_t)result.rrc << 32 |
	       (uint64_t)result.rc << 16 | DIAG308_NOT_PROTECTABLE;
}

/*
 * Checks a private copy of the block, IPIB_MAX_SIZE bytes of which total_size
 * were given. Storage ends at @storage_size. Returns NULL, or in words what is
 * wrong with it.
 */
const char *iplb_pv_defect(const struct ipib *block, uint64_t storage_size);

/* The components that follow @block; component_count says how many. */
static inline const struct ipib_component *
iplb_pv_components(const struct ipib *block)
{
	return (const struct ipib_component *)(block + 1);
}

#endif
