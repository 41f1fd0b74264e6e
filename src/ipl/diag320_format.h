/* SPDX-License-Identifier: MIT */
/*
 * DIAGNOSE X'320', certificate store: subcodes, return codes and the blocks in
 * guest storage. Freestanding: the boot loader uses it too. See
 * docs/reference/diag-320.md.
 */
#ifndef UV_IPL_DIAG320_FORMAT_H
#define UV_IPL_DIAG320_FORMAT_H

#include "base/be.h"

enum diag320_subcode {
	DIAG320_QUERY_SUBCODES = 0,
	DIAG320_QUERY_STORAGE = 1, /* operand: struct vcssb */
	DIAG320_STORE = 2,         /* operand: struct vcb */
};

/* Subcode 0: one word, bit n stands for subcode n. */
#define DIAG320_INSTALLED(subcode) (UINT32_C(0x80000000) >> (subcode))

enum diag320_code {
	DIAG320_OK = 0x0001,
	DIAG320_NO_SUBCODE = 0x0102,
	DIAG320_BAD_VCSSB_LENGTH = 0x0202,
	DIAG320_BAD_VCB_LENGTH = 0x0204,
	DIAG320_BAD_RANGE = 0x0302, /* first index above the last */
};

#define CERTSTORE_MAX 64            /* certificates in a store */
#define CERTIFICATE_NAME_SIZE 64    /* EBCDIC, blanks behind it */
#define CERTIFICATE_KEY_ID_SIZE 32  /* SHA-256 of the public key's DER form */
#define CERTIFICATE_HASH_SIZE 32    /* SHA-256 of the certificate's DER form */
#define CERTIFICATE_DER_MAX 8000    /* so that a whole entry fits into 8 KiB */

/* Verification-certificate-storage-size block: what there is. */
#define VCSSB_NO_CERTIFICATES 4 /* value of ->length: the store is empty */

struct vcssb {
	be32_t length;                /* 0x00 in: 128; out: 128 or VCSSB_NO_CERTIFICATES */
	uint8_t reserved_04[3];       /* 0x04 */
	uint8_t version;              /* 0x07 0 */
	uint8_t reserved_08[8];       /* 0x08 */
	be32_t token;                 /* 0x10 of the store; 0 */
	uint8_t reserved_14[12];      /* 0x14 */
	be16_t count;                 /* 0x20 certificates in the store */
	be16_t max_count;             /* 0x22 CERTSTORE_MAX */
	uint8_t reserved_24[28];      /* 0x24 */
	be32_t max_vce_length;        /* 0x40 0: not said */
	be32_t max_vcx_length;        /* 0x44 0: not said */
	uint8_t reserved_48[8];       /* 0x48 */
	be32_t max_single_vcb_length; /* 0x50 of a VCB with the longest entry alone */
	be32_t total_vcb_length;      /* 0x54 of a VCB with all entries */
	be32_t max_single_vcxb_length; /* 0x58 0: not said */
	be32_t total_vcxb_length;     /* 0x5c 0: not said */
	uint8_t reserved_60[32];      /* 0x60 */
};
WIRE_AT(struct vcssb, version, 0x07);
WIRE_AT(struct vcssb, token, 0x10);
WIRE_AT(struct vcssb, count, 0x20);
WIRE_AT(struct vcssb, max_count, 0x22);
WIRE_AT(struct vcssb, max_vce_length, 0x40);
WIRE_AT(struct vcssb, max_single_vcb_length, 0x50);
WIRE_AT(struct vcssb, total_vcb_length, 0x54);
WIRE_AT(struct vcssb, total_vcxb_length, 0x5c);
WIRE_SIZE(struct vcssb, 128);

/* Verification-certificate block: this header, then entries back to back. */
#define VCB_UNIT 4096 /* its address and its length are multiples of it */

struct vcb {
	be32_t input_length;     /* 0x00 in: of the whole block */
	uint8_t reserved_04[4];  /* 0x04 */
	be16_t first;            /* 0x08 in: index of the first wanted, from 1 */
	be16_t last;             /* 0x0a in: and of the last */
	uint8_t reserved_0c[4];  /* 0x0c */
	be32_t token;            /* 0x10 in: not looked at */
	uint8_t reserved_14[12]; /* 0x14 */
	be32_t output_length;    /* 0x20 of header and entries */
	uint8_t reserved_24[3];  /* 0x24 */
	uint8_t version;         /* 0x27 0 */
	be16_t stored;           /* 0x28 entries */
	be16_t remaining;        /* 0x2a wanted, but without room */
	uint8_t reserved_2c[20]; /* 0x2c */
};
WIRE_AT(struct vcb, first, 0x08);
WIRE_AT(struct vcb, last, 0x0a);
WIRE_AT(struct vcb, token, 0x10);
WIRE_AT(struct vcb, output_length, 0x20);
WIRE_AT(struct vcb, version, 0x27);
WIRE_AT(struct vcb, stored, 0x28);
WIRE_AT(struct vcb, remaining, 0x2a);
WIRE_SIZE(struct vcb, 64);

#define VCE_VALID 0x80 /* in ->flags */

enum vce_key_type {
	VCE_KEY_IN_CERTIFICATE = 0,
	VCE_KEY_ECDSA_P521 = 1,
};

#define VCE_FORMAT_X509_DER 1
#define VCE_HASH_SHA256 1

/* Verification-certificate entry: this header, key id, hash, certificate. */
#define VCE_INVALID_LENGTH 72 /* of an entry that is not valid: no more is stored */
#define VCE_KEY_ID_OFFSET 0x80
#define VCE_HASH_OFFSET (VCE_KEY_ID_OFFSET + CERTIFICATE_KEY_ID_SIZE)
#define VCE_CERTIFICATE_OFFSET (VCE_HASH_OFFSET + CERTIFICATE_HASH_SIZE)

struct vce {
	be32_t length;           /* 0x00 of the entry, a multiple of 4 */
	uint8_t flags;           /* 0x04 VCE_VALID or 0 */
	uint8_t key_type;        /* 0x05 enum vce_key_type */
	be16_t index;            /* 0x06 in the store, from 1 */
	uint8_t name[CERTIFICATE_NAME_SIZE]; /* 0x08 */
	uint8_t format;          /* 0x48 VCE_FORMAT_X509_DER */
	uint8_t reserved_49;     /* 0x49 */
	be16_t key_id_length;    /* 0x4a */
	uint8_t reserved_4c;     /* 0x4c */
	uint8_t hash_type;       /* 0x4d VCE_HASH_SHA256 */
	be16_t hash_length;      /* 0x4e */
	uint8_t reserved_50[4];  /* 0x50 */
	be32_t certificate_length; /* 0x54 without padding */
	uint8_t reserved_58[8];  /* 0x58 */
	be16_t hash_offset;      /* 0x60 from the start of the entry */
	be16_t certificate_offset; /* 0x62 likewise */
	uint8_t reserved_64[28]; /* 0x64 */
};
WIRE_AT(struct vce, flags, 0x04);
WIRE_AT(struct vce, key_type, 0x05);
WIRE_AT(struct vce, index, 0x06);
WIRE_AT(struct vce, name, 0x08);
WIRE_AT(struct vce, format, VCE_INVALID_LENGTH);
WIRE_AT(struct vce, key_id_length, 0x4a);
WIRE_AT(struct vce, hash_type, 0x4d);
WIRE_AT(struct vce, hash_length, 0x4e);
WIRE_AT(struct vce, certificate_length, 0x54);
WIRE_AT(struct vce, hash_offset, 0x60);
WIRE_AT(struct vce, certificate_offset, 0x62);
WIRE_SIZE(struct vce, VCE_KEY_ID_OFFSET);

/* The length of a valid entry for a certificate of @der_size bytes. */
static inline uint32_t vce_length(uint32_t der_size)
{
	return VCE_CERTIFICATE_OFFSET + ((der_size + 3) & ~UINT32_C(3));
}

#define VCE_MAX_LENGTH (VCE_CERTIFICATE_OFFSET + CERTIFICATE_DER_MAX)
_Static_assert(VCE_MAX_LENGTH == 8192, "the longest entry takes 8 KiB");

#endif
