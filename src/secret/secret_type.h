/* SPDX-License-Identifier: MIT */
/*
 * The kinds of secrets that an ultravisor takes, and the header that goes in
 * front of each: one table for the owner who makes a request, the ultravisor
 * that stores the secret, and whoever lists it. See docs/reference/secrets.md,
 * "Secret types".
 */
#ifndef UV_SECRET_SECRET_TYPE_H
#define UV_SECRET_SECRET_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/be.h"

enum secret_type {
	SECRET_META = 0x01, /* carries flags and an extension secret only */
	SECRET_ASSOCIATION = 0x02,
	SECRET_PLAINTEXT = 0x03,
	SECRET_AES_128 = 0x04,
	SECRET_AES_192 = 0x05,
	SECRET_AES_256 = 0x06,
	SECRET_AES_XTS_128 = 0x07,
	SECRET_AES_XTS_256 = 0x08,
	SECRET_HMAC_SHA_256 = 0x09,
	SECRET_HMAC_SHA_512 = 0x0a,
	SECRET_EC_P256 = 0x11,
	SECRET_EC_P384 = 0x12,
	SECRET_EC_P521 = 0x13,
	SECRET_EC_ED25519 = 0x14,
	SECRET_EC_ED448 = 0x15,
	SECRET_UPDATE_CCK = 0x16,
};

#define SECRET_ID_SIZE 32
#define SECRET_ASSOCIATION_SIZE 32
#define SECRET_MAX_SIZE 8192 /* of a value; two pages */

/*
 * A plaintext secret is stored as u16 length || payload || zeros up to a
 * multiple of SECRET_PLAINTEXT_STEP.
 */
#define SECRET_PLAINTEXT_STEP 16
#define SECRET_PLAINTEXT_MAX_PAYLOAD (SECRET_MAX_SIZE - 2)

/* What Retrieve Secret adds to a key: the wrapping key verification pattern. */
#define SECRET_VERIFICATION_PATTERN_SIZE 32

/* The header of a secret in an add-secret request. */
struct secret_header {
	be16_t reserved_00;         /* 0x00 */
	be16_t type;                /* 0x02 enum secret_type */
	be32_t size;                /* 0x04 of the value in the encrypted area */
	uint8_t reserved_08[8];     /* 0x08 */
	uint8_t id[SECRET_ID_SIZE]; /* 0x10 absent in a meta secret; zero in update-CCK */
};
WIRE_AT(struct secret_header, type, 0x02);
WIRE_AT(struct secret_header, size, 0x04);
WIRE_AT(struct secret_header, reserved_08, 0x08);
WIRE_AT(struct secret_header, id, 0x10);
WIRE_SIZE(struct secret_header, 0x30);

/* A meta secret has no ID: its header ends before that field. */
#define SECRET_META_HEADER_SIZE offsetof(struct secret_header, id)

struct secret_kind {
	uint16_t type;
	const char *name;   /* as lists and ID files print it */
	uint16_t size;      /* bytes of the value; 0 for a plaintext: it varies */
	uint8_t header_size;
	bool listable;      /* stored and listed, under an ID */
	bool retrievable;   /* Retrieve Secret gives it out */
	bool key;           /* it gives out a protected key, not the value */
};

/* The kind of type number @type; NULL for a number without meaning. */
const struct secret_kind *secret_kind_find(uint16_t type);

/* May a value of this kind have @size bytes? */
bool secret_kind_takes(const struct secret_kind *kind, size_t size);

/*
 * The size of what Retrieve Secret gives out for a value of @size bytes, which
 * is what lists show as length. For kinds that are not retrievable: @size.
 */
size_t secret_kind_retrieved_size(const struct secret_kind *kind, size_t size);

#endif
