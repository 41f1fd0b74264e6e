/* SPDX-License-Identifier: MIT */
/*
 * The user data of an add-secret request: 512 bytes that the ultravisor only
 * authenticates, for the guest to read before it passes the request on. They may
 * hold a signature over the request, made by its owner. See
 * docs/reference/secrets.md, "User data".
 *
 * A signature covers everything before the request's tag, with all that follows
 * the data in these 512 bytes taken as zero.
 */
#ifndef UV_SECRET_USER_DATA_H
#define UV_SECRET_USER_DATA_H

#include <openssl/evp.h>
#include <stddef.h>
#include <stdint.h>

#include "base/be.h"
#include "base/error.h"

#define USER_DATA_SIZE 512

enum user_data_type {
	USER_DATA_NONE = 0,
	USER_DATA_UNSIGNED = 1,
	USER_DATA_EC_P521 = 2,
	USER_DATA_RSA_2048 = 3,
	USER_DATA_RSA_3072 = 4,
};
#define USER_DATA_TYPES 5

#define USER_DATA_EC_SIGNATURE_MAX 139 /* the longest DER form on P-521 */

struct user_data_ec_p521 {
	uint8_t data[256];                             /* 0x000 */
	uint8_t signature[USER_DATA_EC_SIGNATURE_MAX]; /* 0x100 DER */
	uint8_t reserved_18b[5];                       /* 0x18b */
	be16_t signature_size;                         /* 0x190 */
	uint8_t reserved_192[110];                     /* 0x192 */
};
WIRE_AT(struct user_data_ec_p521, signature, 0x100);
WIRE_AT(struct user_data_ec_p521, reserved_18b, 0x18b);
WIRE_AT(struct user_data_ec_p521, signature_size, 0x190);
WIRE_AT(struct user_data_ec_p521, reserved_192, 0x192);
WIRE_SIZE(struct user_data_ec_p521, USER_DATA_SIZE);

struct user_data_rsa_2048 {
	uint8_t data[256];      /* 0x000 */
	uint8_t signature[256]; /* 0x100 */
};
WIRE_AT(struct user_data_rsa_2048, signature, 0x100);
WIRE_SIZE(struct user_data_rsa_2048, USER_DATA_SIZE);

struct user_data_rsa_3072 {
	uint8_t data[128];      /* 0x000 */
	uint8_t signature[384]; /* 0x080 */
};
WIRE_AT(struct user_data_rsa_3072, signature, 0x080);
WIRE_SIZE(struct user_data_rsa_3072, USER_DATA_SIZE);

/* How many bytes of data there is room for; 0 for USER_DATA_NONE. */
size_t user_data_capacity(enum user_data_type type);

/* "RSA-3072", for messages; never NULL. */
const char *user_data_type_name(unsigned type);

/*
 * The type for requests that @key (its private or public half) signs.
 * ERR_UNSUPPORTED for a key that is none of the three.
 */
int user_data_type_of_key(enum user_data_type *type, EVP_PKEY *key, struct error *err);

/*
 * Signs the request in the @size bytes at @request, which is all of it but its
 * tag. Its user data lies at offset @at; the signature is put there. @key has to
 * be of the @type.
 */
int user_data_sign(uint8_t *request, size_t size, size_t at,
		   enum user_data_type type, EVP_PKEY *key, struct error *err);

/*
 * Verifies the signature of a request that is laid out in the same way.
 * ERR_AUTH unless it was made with the private half of @key, ERR_INVALID
 * when @key is not of the @type.
 */
int user_data_verify(const uint8_t *request, size_t size, size_t at,
		     enum user_data_type type, EVP_PKEY *key, struct error *err);

#endif
