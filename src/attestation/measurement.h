/* SPDX-License-Identifier: MIT */
/*
 * The attestation measurement: what the ultravisor computes about a running
 * guest and a verifier computes again. See docs/reference/attestation.md,
 * "Measurement".
 */
#ifndef UV_ATTESTATION_MEASUREMENT_H
#define UV_ATTESTATION_MEASUREMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attestation/arcb.h"
#include "request/image_tags.h"

#define MEASUREMENT_SIZE 64
#define ATTEST_CUID_SIZE 16
#define ATTEST_USER_DATA_MAX 256

/* The message's fixed part; user data, nonce and additional data follow. */
struct measurement_head {
	struct image_tags image;        /* 0x00 */
	uint8_t cuid[ATTEST_CUID_SIZE]; /* 0xd0 configuration unique ID */
	be16_t user_size;               /* 0xe0 */
	be16_t reserved_e2;             /* 0xe2 */
	be32_t additional_size;         /* 0xe4 */
};
WIRE_AT(struct measurement_head, cuid, 0xd0);
WIRE_AT(struct measurement_head, user_size, 0xe0);
WIRE_AT(struct measurement_head, reserved_e2, 0xe2);
WIRE_AT(struct measurement_head, additional_size, 0xe4);
WIRE_SIZE(struct measurement_head, 0xe8);

/* What is measured. Pointers may be NULL where the size is 0. */
struct measurement_input {
	const struct image_tags *image;
	const uint8_t *cuid;       /* ATTEST_CUID_SIZE bytes */
	const void *user_data;
	size_t user_size;          /* at most ATTEST_USER_DATA_MAX */
	const void *additional;
	size_t additional_size;    /* at most ATTEST_ADDITIONAL_MAX */
	const uint8_t *nonce;      /* ARCB_NONCE_SIZE bytes; NULL = the ARCB had none */
};

/*
 * HMAC-SHA-512 of the input under the ARCB's measurement key. ERR_INVALID when
 * user data or additional data are too long.
 */
int measurement_compute(uint8_t measurement[MEASUREMENT_SIZE],
			const uint8_t key[ARCB_KEY_SIZE],
			const struct measurement_input *input, struct error *err);

/*
 * The hash over a secret store: SHA-512 of the tags of the add-secret requests
 * that were executed, in order (@count times GCM_TAG_SIZE bytes at @tags, which
 * may be NULL without any), and of one byte for the lock.
 */
int store_hash_compute(uint8_t hash[ATTEST_STORE_HASH_SIZE], const uint8_t *tags,
		       size_t count, bool locked, struct error *err);

#endif
