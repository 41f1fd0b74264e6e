/* SPDX-License-Identifier: MIT */
/*
 * What the tests of add-secret requests share: the fixed keys and contents of the
 * vectors in docs/reference/secrets.md, "Test vectors".
 */
#ifndef UV_TESTS_SECRET_FIXTURE_H
#define UV_TESTS_SECRET_FIXTURE_H

#include <openssl/evp.h>

#include "secret/asrcb.h"

/* SHA-256 and SHA-512 of a text: where all fixed values come from. */
struct digest { uint8_t bytes[SHA512_SIZE]; };
struct digest s256(const char *text);
struct digest s512(const char *text);

/* Fixed keys, and an input for one host with a meta secret and nothing else. */
struct secret_fixture {
	EVP_PKEY *host;
	uint8_t phkh[PHKH_SIZE];
	EVP_PKEY *hosts[1];
	struct request_keys keys;
	struct image_tags image;
	struct guest_secret secret;
	uint8_t cuid[ASRCB_CUID_SIZE], cck[CCK_SIZE];
	struct secret *derived; /* extension secret from the CCK */
	struct asrcb_input input;
};

/* cmocka setup and teardown; *state is a struct secret_fixture. */
int secret_fixture_new(void **state);
int secret_fixture_free(void **state);

/* The request for the fixture's input; caller frees. */
uint8_t *secret_fixture_build(struct secret_fixture *f, size_t *size);

/* Builds, parses and opens; the caller frees the bytes and the secrets. */
uint8_t *secret_fixture_open(struct secret_fixture *f, struct asrcb *asrcb,
			     struct asrcb_secrets *secrets);

/* Gives the input a value of @size bytes of the given @input form. */
void secret_fixture_retrievable(struct secret_fixture *f, enum retrievable_input input,
				const void *bytes, size_t size);

/* Test keys, made on the spot; caller frees with EVP_PKEY_free(). */
EVP_PKEY *rsa_key(unsigned bits);
EVP_PKEY *ec_key(const char *curve);

/* The key as PKCS#8 PEM or DER; caller frees. */
uint8_t *key_pem(EVP_PKEY *key, size_t *size);
uint8_t *key_der(EVP_PKEY *key, size_t *size);

#endif
