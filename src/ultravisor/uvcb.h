/* SPDX-License-Identifier: MIT */
/*
 * Ultravisor control blocks of the calls that guests issue. See
 * docs/reference/ultravisor-calls.md, "Control blocks". The block of Query
 * Ultravisor Information has its own header: query.h.
 */
#ifndef UV_ULTRAVISOR_UVCB_H
#define UV_ULTRAVISOR_UVCB_H

#include "base/be.h"
#include "crypto/ec.h"

struct uvcb_header {
	be16_t size; /* 0x0 of the block, header included */
	be16_t code; /* 0x2 of the call */
	be16_t rc;   /* 0x4 out */
	be16_t rrc;  /* 0x6 out */
};
WIRE_AT(struct uvcb_header, code, 0x2);
WIRE_AT(struct uvcb_header, rc, 0x4);
WIRE_AT(struct uvcb_header, rrc, 0x6);
WIRE_SIZE(struct uvcb_header, 0x8);

/* Set Shared Access, Remove Shared Access. */
struct uvcb_share {
	struct uvcb_header header; /* 0x00 */
	be64_t reserved_08[3];     /* 0x08 */
	be64_t address;            /* 0x20 guest absolute, of a page */
	be64_t reserved_28;        /* 0x28 */
};
WIRE_AT(struct uvcb_share, address, 0x20);
WIRE_SIZE(struct uvcb_share, 0x30);

#define QUERY_KEYS_COUNT 15

/* Query Keys. */
struct uvcb_query_keys {
	struct uvcb_header header;                /* 0x00 */
	be64_t reserved_08[3];                    /* 0x08 */
	uint8_t phkh[QUERY_KEYS_COUNT][PHKH_SIZE]; /* 0x20 out: host key, backup host key, zeros */
};
WIRE_AT(struct uvcb_query_keys, phkh, 0x20);
WIRE_SIZE(struct uvcb_query_keys, 0x200);

#endif
