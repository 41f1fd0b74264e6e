/* SPDX-License-Identifier: MIT */
/* What the tests of images share: a scratch folder, keys, inputs, an image. */
#ifndef UV_TESTS_IMAGE_FIXTURE_H
#define UV_TESTS_IMAGE_FIXTURE_H

#include <openssl/evp.h>
#include <stddef.h>
#include <stdint.h>

#include "image/create.h"

/* cmocka setup and teardown: a fresh folder is the current one meanwhile. */
int fixture_enter(void **state);
int fixture_leave(void **state);

/* Key pairs with published coordinates, and the bytes first, first + 1, ... */
extern const char fixture_host_scalar[];
extern const char fixture_customer_scalar[];
EVP_PKEY *fixture_key(const char *scalar);
void fixture_count_up(uint8_t *bytes, size_t size, uint8_t first);

/* Compares with hexadecimal digits. */
void assert_hex(const void *data, size_t size, const char *digits);
void assert_sha256(const void *data, size_t size, const char *digits);

/* Writes @size bytes of @value to @path. */
void fixture_file(const char *path, size_t size, int value);

/* Writes something that passes as a kernel of @size bytes to @path. */
void fixture_kernel(const char *path, size_t size, uint64_t max_cmdline);

/* Whole content of a file; caller frees. */
uint8_t *fixture_read(const char *path, size_t *size);

/* Boot stages of these sizes (filled with 0xaa and 0xbb). */
void fixture_stages(struct boot_stages *stages, size_t stage3a, size_t stage3b);

/*
 * Inputs with fixed keys and randomness for the kernel "kernel"; one host key.
 * To be freed with fixture_input_free().
 */
struct fixture_input {
	struct image_input input;
	struct boot_stages stages;
	struct image_randomness fixed;
	EVP_PKEY *host;
	EVP_PKEY *hosts[1];
	uint8_t cck[32], header_key[32], image_key[64];
};
void fixture_input(struct fixture_input *fixture);
void fixture_input_free(struct fixture_input *fixture);

/* Makes the image @path, expecting success. */
void fixture_create(const char *path, const struct image_input *input,
		    struct image_layout *layout);

/*
 * The folder of test data of IBM's tools, unpacked, or NULL when this machine
 * does not have it (then the reason was printed).
 */
const char *fixture_ibm_assets(void);

#endif
