/* SPDX-License-Identifier: MIT */
/*
 * The published vector of attestation: every random part is a hash of its name,
 * so that anybody can compute it again. See docs/reference/attestation.md,
 * "Test vectors".
 */
#ifndef UV_TESTS_ATTESTATION_FIXTURE_H
#define UV_TESTS_ATTESTATION_FIXTURE_H

#include "attestation/arcb.h"
#include "attestation/measurement.h"
#include "base/text.h"

#define VECTOR_FLAGS (ATTEST_NONCE | ATTEST_IMAGE_PHKH | ATTEST_REQUEST_PHKH | \
		      ATTEST_STORE_HASH)
#define VECTOR_USER_DATA "hello attestation"
#define VECTOR_ADDITIONAL_SIZE 128
#define VECTOR_ARCB_SIZE 400

struct vector {
	EVP_PKEY *host;
	struct request_keys keys;
	struct request_hosts hosts;
	struct arcb_area area;
	struct arcb_input input;
	uint8_t phkh[PHKH_SIZE];
	uint8_t arcb[VECTOR_ARCB_SIZE];
	struct image_tags image;
	uint8_t cuid[ATTEST_CUID_SIZE];
	uint8_t additional[VECTOR_ADDITIONAL_SIZE];
	uint8_t measurement[MEASUREMENT_SIZE];
	struct text request;  /* exchange file on the way there */
	struct text response; /* and back */
};

/* cmocka setup and teardown: *state is a struct vector. */
int vector_setup(void **state);
int vector_teardown(void **state);

/* The first @size bytes of the SHA-256 or SHA-512 of a text. */
void vector_sha256(void *out, size_t size, const char *text);
void vector_sha512(void *out, size_t size, const char *text);
EVP_PKEY *vector_key(const char *text);

/* Computes the measurement of the vector anew and rewrites the response. */
void vector_respond(struct vector *v, const void *user_data, size_t user_size);

#endif
