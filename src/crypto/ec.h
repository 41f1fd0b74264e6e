/* SPDX-License-Identifier: MIT */
/*
 * Elliptic curve keys of Secure Execution: always NIST P-521.
 *
 * The "coordinate form" is how the architecture writes a public key
 * everywhere: x and y, each big-endian and right-aligned in 80 bytes. See
 * docs/reference/se-header.md, "Public keys and key slots".
 */
#ifndef UV_CRYPTO_EC_H
#define UV_CRYPTO_EC_H

#include <openssl/evp.h>
#include <stdint.h>

#include "base/error.h"
#include "base/secret.h"

#define EC_SCALAR_SIZE 66 /* a private key, or a coordinate, without padding */
#define EC_COORD_SIZE 160 /* the coordinate form: x and y, 80 bytes each */
#define PHKH_SIZE 32      /* public host key hash */

/* A fresh key pair at *@out; caller frees with EVP_PKEY_free(). */
int ec_generate(EVP_PKEY **out, struct error *err);

/* A key pair from the private scalar (66 bytes, big-endian); caller frees. */
int ec_from_scalar(EVP_PKEY **out, const uint8_t scalar[EC_SCALAR_SIZE],
		   struct error *err);

/*
 * A public key from its coordinate form; caller frees. ERR_FORMAT unless the
 * padding is zero and the point is on the curve.
 */
int ec_from_coord(EVP_PKEY **out, const uint8_t coord[EC_COORD_SIZE],
		  struct error *err);

/*
 * ERR_UNSUPPORTED unless @key is an EC key on P-521 whose public point is
 * valid (on the curve, not infinity). The message names what it is instead.
 */
int ec_check_p521(EVP_PKEY *key, struct error *err);

/* The coordinate form of @key's public half. @key must be on P-521. */
int ec_to_coord(uint8_t coord[EC_COORD_SIZE], EVP_PKEY *key, struct error *err);

/* PHKH: SHA-256 over the coordinate form. */
int ec_phkh(uint8_t phkh[PHKH_SIZE], EVP_PKEY *key, struct error *err);

/*
 * The 32-byte key that two parties share: SHA-256(Z || 00000001), Z being the
 * 66-byte x-coordinate of the ECDH result. At *@out; caller frees.
 */
int ec_exchange(struct secret **out, EVP_PKEY *own, EVP_PKEY *peer,
		struct error *err);

#endif
