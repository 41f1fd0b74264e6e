/* SPDX-License-Identifier: MIT */
/*
 * The few symmetric operations that the formats need, over OpenSSL's EVP.
 */
#ifndef UV_CRYPTO_CRYPTO_H
#define UV_CRYPTO_CRYPTO_H

#include <openssl/evp.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define SHA256_SIZE 32
#define SHA512_SIZE 64
#define GCM_KEY_SIZE 32
#define GCM_IV_SIZE 12
#define GCM_TAG_SIZE 16
#define XTS_KEY_SIZE 64 /* data key, then tweak key */
#define XTS_TWEAK_SIZE 16
#define XTS_MIN_SIZE 16 /* of a data unit */
#define CRYPTO_PAGE_SIZE 4096 /* one XTS data unit */

/* Describes a failure of OpenSSL, with its queued reason as cause; ERR_CRYPTO. */
int crypto_error(struct error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* @size random bytes of the system's generator. */
int crypto_random(void *data, size_t size, struct error *err);

int crypto_sha256(uint8_t digest[SHA256_SIZE], const void *data, size_t size,
		  struct error *err);
int crypto_sha512(uint8_t digest[SHA512_SIZE], const void *data, size_t size,
		  struct error *err);

/*
 * HKDF (RFC 5869, extract and expand) with SHA-512: @size bytes from @key, with
 * @salt and @info.
 */
int hkdf_sha512(void *out, size_t size, const void *key, size_t key_size,
		const void *salt, size_t salt_size, const void *info,
		size_t info_size, struct error *err);

/*
 * AES-256-GCM. Input and output may be the same buffer. Opening fails with
 * ERR_AUTH when the tag does not fit. The output of a failed opening is wiped.
 */
int gcm_seal(const uint8_t key[GCM_KEY_SIZE], const uint8_t iv[GCM_IV_SIZE],
	     const void *aad, size_t aad_size, const void *plain, void *cipher,
	     size_t size, uint8_t tag[GCM_TAG_SIZE], struct error *err);
int gcm_open(const uint8_t key[GCM_KEY_SIZE], const uint8_t iv[GCM_IV_SIZE],
	     const void *aad, size_t aad_size, const void *cipher, void *plain,
	     size_t size, const uint8_t tag[GCM_TAG_SIZE], struct error *err);

/* AES-256-XTS over pages of 4096 bytes, each with its own 16-byte tweak. */
struct xts;

enum xts_direction { XTS_DECRYPT = 0, XTS_ENCRYPT = 1 };

/* ERR_INVALID when the two halves of @key are equal. Caller frees with xts_free(). */
int xts_new(struct xts **out, const uint8_t key[XTS_KEY_SIZE],
	    enum xts_direction direction, struct error *err);
/* @in and @out may be the same page. */
int xts_page(struct xts *xts, const uint8_t tweak[XTS_TWEAK_SIZE],
	     const uint8_t in[CRYPTO_PAGE_SIZE], uint8_t out[CRYPTO_PAGE_SIZE],
	     struct error *err);
/* The same for a data unit of @size bytes, at least XTS_MIN_SIZE. */
int xts_unit(struct xts *xts, const uint8_t tweak[XTS_TWEAK_SIZE],
	     const void *in, void *out, size_t size, struct error *err);
void xts_free(struct xts *xts);

#endif
