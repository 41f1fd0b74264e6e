/* SPDX-License-Identifier: MIT */
/*
 * Secure Execution header, version 1: its bytes, and the two directions
 * between them and the program. See docs/reference/se-header.md.
 *
 *   header = fixed part || key slots || encrypted area || tag
 *
 * Everything before the encrypted area is the additional authenticated data
 * of its AES-256-GCM encryption.
 */
#ifndef UV_IMAGE_SE_HEADER_H
#define UV_IMAGE_SE_HEADER_H

#include <stddef.h>
#include <stdint.h>

#include "base/be.h"
#include "base/error.h"
#include "base/secret.h"
#include "image/digests.h"
#include "image/key_slot.h"

#define SE_HEADER_MAGIC "IBMSecEx"
#define SE_HEADER_MAGIC_SIZE 8
#define SE_HEADER_VERSION_1 0x100
#define SE_HEADER_MAX_SIZE 8192 /* two pages: hypervisors refuse more */
#define SE_HEADER_MAX_SLOTS 95
#define CCK_SIZE 32

struct se_header_fixed {
	uint8_t magic[SE_HEADER_MAGIC_SIZE];  /* 0x000 */
	be32_t version;                       /* 0x008 */
	be32_t size;                          /* 0x00c SEHS, with the tag */
	uint8_t iv[GCM_IV_SIZE];              /* 0x010 */
	be32_t reserved_1c;                   /* 0x01c */
	be64_t slot_count;                    /* 0x020 NKS */
	be64_t area_size;                     /* 0x028 SEA */
	be64_t page_count;                    /* 0x030 NEP */
	be64_t pcf;                           /* 0x038 */
	uint8_t customer_key[EC_COORD_SIZE];  /* 0x040 */
	struct page_digest_values digests;    /* 0x0e0 PLD, ALD, TLD */
};
WIRE_AT(struct se_header_fixed, version, 0x008);
WIRE_AT(struct se_header_fixed, size, 0x00c);
WIRE_AT(struct se_header_fixed, iv, 0x010);
WIRE_AT(struct se_header_fixed, reserved_1c, 0x01c);
WIRE_AT(struct se_header_fixed, slot_count, 0x020);
WIRE_AT(struct se_header_fixed, area_size, 0x028);
WIRE_AT(struct se_header_fixed, page_count, 0x030);
WIRE_AT(struct se_header_fixed, pcf, 0x038);
WIRE_AT(struct se_header_fixed, customer_key, 0x040);
WIRE_AT(struct se_header_fixed, digests, 0x0e0);
WIRE_SIZE(struct se_header_fixed, 0x1a0);

/* The encrypted area, decrypted. */
struct se_header_area {
	uint8_t cck[CCK_SIZE];           /* 0x00 */
	uint8_t image_key[XTS_KEY_SIZE]; /* 0x20 */
	be64_t psw_mask;                 /* 0x60 */
	be64_t psw_address;              /* 0x68 */
	be64_t scf;                      /* 0x70 */
	be32_t optional_items;           /* 0x78 always 0 */
	be32_t reserved_7c;              /* 0x7c */
};
WIRE_AT(struct se_header_area, image_key, 0x20);
WIRE_AT(struct se_header_area, psw_mask, 0x60);
WIRE_AT(struct se_header_area, psw_address, 0x68);
WIRE_AT(struct se_header_area, scf, 0x70);
WIRE_AT(struct se_header_area, optional_items, 0x78);
WIRE_AT(struct se_header_area, reserved_7c, 0x7c);
WIRE_SIZE(struct se_header_area, 0x80);

/* Bytes of a whole version 1 header with @slots key slots. */
static inline size_t se_header_size(size_t slots)
{
	return sizeof(struct se_header_fixed) + slots * sizeof(struct key_slot) +
	       sizeof(struct se_header_area) + GCM_TAG_SIZE;
}

/* What can be wrong with a header's outer form, in the order of the checks. */
enum se_header_defect {
	SE_HEADER_SOUND,
	SE_HEADER_TRUNCATED, /* less than the fixed part */
	SE_HEADER_NO_MAGIC,
	SE_HEADER_BAD_VERSION,
	SE_HEADER_BAD_AREA_SIZE,
	SE_HEADER_NO_SLOTS,
	SE_HEADER_BAD_SIZE, /* size field, slots, area and bytes disagree */
};

/* A header taken apart: pointers into the bytes it was parsed from. */
struct se_header {
	const struct se_header_fixed *fixed;
	const struct key_slot *slots;
	size_t slot_count;
	const uint8_t *area;
	size_t area_size;
	const uint8_t *tag;
	size_t size;
};

/*
 * Checks the form of a header of @size bytes or more at @bytes and fills
 * @header, whose pointers live as long as @bytes. ERR_FORMAT otherwise;
 * *@defect (may be NULL) then says which rule failed. Bytes behind the header
 * are allowed here. Cryptographic content is not looked at.
 */
int se_header_parse(struct se_header *header, const void *bytes, size_t size,
		    enum se_header_defect *defect, struct error *err);

/*
 * Authenticates the header with its 32-byte protection key and decrypts its
 * area. *@area holds a struct se_header_area; caller frees. ERR_AUTH when the
 * tag is wrong, ERR_UNSUPPORTED when it has optional items.
 */
int se_header_open(struct secret **area, const struct se_header *header,
		   const uint8_t key[GCM_KEY_SIZE], struct error *err);

/* What se_header_build() puts into a header. */
struct se_header_input {
	EVP_PKEY *const *host_keys; /* public keys, one slot each, in order */
	size_t host_key_count;
	EVP_PKEY *customer_key;     /* key pair on P-521 */
	const uint8_t *header_key;  /* GCM_KEY_SIZE bytes */
	const uint8_t *iv;          /* GCM_IV_SIZE bytes, never used twice with a key */
	const struct se_header_area *area;
	const struct page_digest_values *digests;
	uint64_t page_count;
	uint64_t pcf;
};

/*
 * Writes se_header_size(host_key_count) bytes to @bytes. ERR_INVALID without a
 * host key or with more than SE_HEADER_MAX_SLOTS.
 */
int se_header_build(void *bytes, const struct se_header_input *input,
		    struct error *err);

#endif
