/* SPDX-License-Identifier: MIT */
/* What the tests of images share: keys, inputs, an image. */
#ifndef UV_TESTS_IMAGE_FIXTURE_H
#define UV_TESTS_IMAGE_FIXTURE_H

#include <openssl/evp.h>
#include <stddef.h>
#include <stdint.h>

#include "image/create.h"

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
 * cmocka setup: a fresh folder (see folder.h) with the worked example of
 * docs/reference/se-image.md, "Example", as "image", and what went into it.
 */
int fixture_example(void **state);

/*
 * The folder of test data of IBM's tools, unpacked, or NULL when this machine
 * does not have it (then the reason was printed).
 */
const char *fixture_ibm_assets(void);

/* From there: a file of exactly @size bytes (caller frees), and two keys. */
uint8_t *fixture_ibm_file(const char *assets, const char *name, size_t size);
EVP_PKEY *fixture_ibm_customer_key(const char *assets);
EVP_PKEY *fixture_ibm_host_key(const char *assets);

#endif
