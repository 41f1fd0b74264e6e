/* SPDX-License-Identifier: MIT */
/*
 * Ultravisor control blocks of the calls that guests issue. See
 * docs/reference/ultravisor-calls.md, "Control blocks". The block of Query
 * Ultravisor Information has its own header: query.h.
 */
#ifndef UV_ULTRAVISOR_UVCB_H
#define UV_ULTRAVISOR_UVCB_H

#include "attestation/measurement.h"
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

/* Retrieve Attestation Measurement. Addresses: the guest's, of its home space. */
struct uvcb_attest {
	struct uvcb_header header;                /* 0x000 */
	be64_t reserved_08[2];                    /* 0x008 */
	be64_t arcb;                              /* 0x018 address */
	be64_t continuation_token;                /* 0x020 zero */
	uint8_t reserved_28[6];                   /* 0x028 */
	be16_t user_size;                         /* 0x02e */
	uint8_t user_data[ATTEST_USER_DATA_MAX];  /* 0x030 */
	uint8_t reserved_130[12];                 /* 0x130 */
	be32_t measurement_size;                  /* 0x13c of the buffer */
	be64_t measurement;                       /* 0x140 address */
	uint8_t cuid[ATTEST_CUID_SIZE];           /* 0x148 out */
	be32_t reserved_158;                      /* 0x158 */
	be32_t additional_size;                   /* 0x15c of the buffer; out: used of it */
	be64_t additional;                        /* 0x160 address */
	be64_t reserved_168[4];                   /* 0x168 */
};
WIRE_AT(struct uvcb_attest, arcb, 0x18);
WIRE_AT(struct uvcb_attest, continuation_token, 0x20);
WIRE_AT(struct uvcb_attest, user_size, 0x2e);
WIRE_AT(struct uvcb_attest, user_data, 0x30);
WIRE_AT(struct uvcb_attest, measurement_size, 0x13c);
WIRE_AT(struct uvcb_attest, measurement, 0x140);
WIRE_AT(struct uvcb_attest, cuid, 0x148);
WIRE_AT(struct uvcb_attest, additional_size, 0x15c);
WIRE_AT(struct uvcb_attest, additional, 0x160);
WIRE_SIZE(struct uvcb_attest, 0x188);

/* Add Secret. */
struct uvcb_add_secret {
	struct uvcb_header header; /* 0x00 */
	be64_t reserved_08[3];     /* 0x08 */
	be64_t asrcb;              /* 0x20 address */
	be64_t reserved_28[4];     /* 0x28 */
};
WIRE_AT(struct uvcb_add_secret, asrcb, 0x20);
WIRE_SIZE(struct uvcb_add_secret, 0x48);

/* List Secrets. */
struct uvcb_list_secrets {
	struct uvcb_header header; /* 0x00 */
	be64_t reserved_08[2];     /* 0x08 */
	uint8_t reserved_18[6];    /* 0x18 */
	be16_t start;              /* 0x1e smallest index to list */
	be64_t page;               /* 0x20 address of 4096 bytes */
	be64_t reserved_28[4];     /* 0x28 */
};
WIRE_AT(struct uvcb_list_secrets, start, 0x1e);
WIRE_AT(struct uvcb_list_secrets, page, 0x20);
WIRE_SIZE(struct uvcb_list_secrets, 0x48);

/* Retrieve Secret. */
struct uvcb_retrieve_secret {
	struct uvcb_header header; /* 0x00 */
	be64_t reserved_08[2];     /* 0x08 */
	be16_t index;              /* 0x18 */
	be16_t reserved_1a;        /* 0x1a */
	be32_t size;               /* 0x1c of the buffer */
	be64_t buffer;             /* 0x20 address */
	be64_t reserved_28[4];     /* 0x28 */
};
WIRE_AT(struct uvcb_retrieve_secret, index, 0x18);
WIRE_AT(struct uvcb_retrieve_secret, size, 0x1c);
WIRE_AT(struct uvcb_retrieve_secret, buffer, 0x20);
WIRE_SIZE(struct uvcb_retrieve_secret, 0x48);

#endif
