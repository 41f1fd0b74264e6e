/* SPDX-License-Identifier: MIT */
/*
 * DIAGNOSE X'508', IPL extensions: subcodes, return codes and the block in
 * guest storage. Freestanding: the boot loader uses it too. See
 * docs/reference/diag-508.md.
 */
#ifndef UV_IPL_DIAG508_FORMAT_H
#define UV_IPL_DIAG508_FORMAT_H

#include "base/be.h"

/* Subcodes. The query answers with the sum of the others that are installed. */
#define DIAG508_QUERY 0x0000UL
#define DIAG508_VERIFY_SIGNATURE 0x8000UL /* operand: struct svb */

enum diag508_code {
	DIAG508_OK = 0x0001,            /* verified */
	DIAG508_NO_CERTIFICATES = 0x0102,
	DIAG508_BAD_COMPONENT = 0x0202, /* its address or length */
	DIAG508_BAD_SIGNATURE_OPERAND = 0x0302, /* its address or length */
	DIAG508_NOT_VERIFIED = 0x0402,  /* by any certificate, for whatever reason */
	DIAG508_BAD_SVB_LENGTH = 0x0502,
};

#define DIAG508_COMPONENT_MAX UINT64_C(0x10000000) /* 256 MiB */
#define DIAG508_SIGNATURE_MAX UINT64_C(4096)

/* The part of the block that is stored when a signature was verified. */
#define SVB_ANSWER_OFFSET 0x10

struct svb_answer {
	uint8_t certificate_index; /* 0x00 in the store, from 0 */
	uint8_t reserved_01[7];    /* 0x01 */
	be64_t certificate_length; /* 0x08 of its DER form */
};
WIRE_AT(struct svb_answer, certificate_length, 0x08);
WIRE_SIZE(struct svb_answer, 16);

/* Signature-verification block. All addresses are absolute. */
struct svb {
	be32_t length;             /* 0x00 in: 64 */
	uint8_t reserved_04[3];    /* 0x04 */
	uint8_t version;           /* 0x07 in: 0, not looked at */
	uint8_t reserved_08[8];    /* 0x08 */
	struct svb_answer answer;  /* 0x10 out */
	be64_t component_length;   /* 0x20 in */
	be64_t component_address;  /* 0x28 in */
	be64_t signature_length;   /* 0x30 in */
	be64_t signature_address;  /* 0x38 in */
};
WIRE_AT(struct svb, version, 0x07);
WIRE_AT(struct svb, answer, SVB_ANSWER_OFFSET);
WIRE_AT(struct svb, component_length, 0x20);
WIRE_AT(struct svb, component_address, 0x28);
WIRE_AT(struct svb, signature_length, 0x30);
WIRE_AT(struct svb, signature_address, 0x38);
WIRE_SIZE(struct svb, 64);

#endif
