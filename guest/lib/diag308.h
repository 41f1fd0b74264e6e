/* SPDX-License-Identifier: MIT */
/* DIAGNOSE 308: IPL functions. See docs/reference/se-image.md, "DIAGNOSE 308". */
#ifndef UV_GUEST_DIAG308_H
#define UV_GUEST_DIAG308_H

#include <stdint.h>

enum diag308_subcode {
	DIAG308_LOAD_NORMAL = 1, /* start the PSW at absolute address 0 */
	DIAG308_SET_IPLB = 5,
	DIAG308_STORE_IPLB = 6,
	DIAG308_SET_PV_IPIB = 8,
	DIAG308_UNPACK = 10,
};

/* Low 16 bits of what it returns. */
enum diag308_result {
	DIAG308_OK = 0x0001,
	DIAG308_NO_CONFIGURATION = 0x0102,
	DIAG308_INVALID_BLOCK = 0x0402,
	DIAG308_NO_PV_CONFIGURATION = 0x0902,
	DIAG308_NOT_PROTECTED = 0x0a02,
};

/*
 * Issues DIAGNOSE 308 with @address as parameter and returns the whole 64 bits
 * of the return code register.
 */
uint64_t diag308(enum diag308_subcode subcode, uint64_t address);

#endif
