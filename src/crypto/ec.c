/* SPDX-License-Identifier: MIT */
#include "crypto/ec.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <string.h>

#include "crypto/crypto.h"

#define COORD_HALF (EC_COORD_SIZE / 2)
#define COORD_PAD (COORD_HALF - EC_SCALAR_SIZE)

/* The uncompressed point of X9.62: 04 || x || y. */
#define POINT_SIZE (1 + 2 * EC_SCALAR_SIZE)

int ec_generate(EVP_PKEY **out, struct error *err)
{
	*out = EVP_EC_gen("P-521");
	return *out ? 0 : crypto_error(err, "Cannot generate a P-521 key");
}

/* Makes a key of @selection from its parameters; frees @build. */
static int key_from_params(EVP_PKEY **out, OSSL_PARAM_BLD *build, int selection,
			   struct error *err)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	int ok = params && ctx && EVP_PKEY_fromdata_init(ctx) == 1 &&
		 EVP_PKEY_fromdata(ctx, out, selection, params) == 1;

	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	return ok ? 0 : crypto_error(err, "Cannot load a P-521 key");
}

/* The public point of @scalar, uncompressed. */
static int point_of_scalar(uint8_t point[POINT_SIZE], const BIGNUM *scalar)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_secp521r1);
	EC_POINT *q = group ? EC_POINT_new(group) : NULL;
	int ok = q && EC_POINT_mul(group, q, scalar, NULL, NULL, NULL) == 1 &&
		 EC_POINT_point2oct(group, q, POINT_CONVERSION_UNCOMPRESSED, point,
				    POINT_SIZE, NULL) == POINT_SIZE;

	EC_POINT_free(q);
	EC_GROUP_free(group);
	return ok;
}

int ec_from_scalar(EVP_PKEY **out, const uint8_t scalar[EC_SCALAR_SIZE],
		   struct error *err)
{
	BIGNUM *number = BN_secure_new();
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	uint8_t point[POINT_SIZE];
	int rc;

	*out = NULL;
	if (!number || !build || !BN_bin2bn(scalar, EC_SCALAR_SIZE, number) ||
	    !point_of_scalar(point, number) ||
	    !OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME,
					     "P-521", 0) ||
	    !OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY,
					      point, sizeof(point)) ||
	    !OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, number)) {
		OSSL_PARAM_BLD_free(build);
		rc = crypto_error(err, "Cannot load a P-521 private key");
	} else {
		rc = key_from_params(out, build, EVP_PKEY_KEYPAIR, err);
	}
	BN_clear_free(number);
	return rc;
}

int ec_from_coord(EVP_PKEY **out, const uint8_t coord[EC_COORD_SIZE],
		  struct error *err)
{
	static const uint8_t zeros[COORD_PAD];
	uint8_t point[POINT_SIZE] = { POINT_CONVERSION_UNCOMPRESSED };
	OSSL_PARAM_BLD *build;
	int rc;

	*out = NULL;
	for (int half = 0; half < 2; half++) {
		const uint8_t *at = coord + half * COORD_HALF;

		if (memcmp(at, zeros, COORD_PAD) != 0)
			return error_set(err, ERR_FORMAT,
					 "Public key: the padding of its %c-coordinate is not zero",
					 half ? 'y' : 'x');
		memcpy(point + 1 + half * EC_SCALAR_SIZE, at + COORD_PAD,
		       EC_SCALAR_SIZE);
	}
	build = OSSL_PARAM_BLD_new();
	if (!build ||
	    !OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME,
					     "P-521", 0) ||
	    !OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY,
					      point, sizeof(point))) {
		OSSL_PARAM_BLD_free(build);
		return crypto_error(err, "Cannot load a public key");
	}
	/* OpenSSL refuses coordinates that are not a point of the curve. */
	rc = key_from_params(out, build, EVP_PKEY_PUBLIC_KEY, err);
	if (rc < 0)
		return error_set(err, ERR_FORMAT,
				 "Public key: its coordinates are no point of P-521");
	return 0;
}

int ec_check_p521(EVP_PKEY *key, struct error *err)
{
	char group[64] = "";
	EVP_PKEY_CTX *ctx;
	int ok;

	if (!EVP_PKEY_is_a(key, "EC")) {
		const char *name = EVP_PKEY_get0_type_name(key);

		return error_set(err, ERR_UNSUPPORTED,
				 "The key is of type %s; an EC key on P-521 is required",
				 name ? name : "unknown");
	}
	EVP_PKEY_get_group_name(key, group, sizeof(group), NULL);
	if (OBJ_txt2nid(group) != NID_secp521r1)
		return error_set(err, ERR_UNSUPPORTED,
				 "The key is on curve %s; P-521 (secp521r1) is required",
				 group[0] ? group : "(unnamed)");
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	ok = ctx && EVP_PKEY_public_check(ctx) == 1;
	EVP_PKEY_CTX_free(ctx);
	return ok ? 0 : error_set(err, ERR_FORMAT,
				  "The public key is no valid point of P-521");
}

static int push_coordinate(uint8_t half[COORD_HALF], EVP_PKEY *key,
			   const char *param)
{
	BIGNUM *number = NULL;
	int ok = EVP_PKEY_get_bn_param(key, param, &number) == 1 &&
		 BN_bn2binpad(number, half, COORD_HALF) == COORD_HALF;

	BN_free(number);
	return ok;
}

int ec_to_coord(uint8_t coord[EC_COORD_SIZE], EVP_PKEY *key, struct error *err)
{
	if (!push_coordinate(coord, key, OSSL_PKEY_PARAM_EC_PUB_X) ||
	    !push_coordinate(coord + COORD_HALF, key, OSSL_PKEY_PARAM_EC_PUB_Y))
		return crypto_error(err, "Cannot read the coordinates of a public key");
	return 0;
}

int ec_phkh(uint8_t phkh[PHKH_SIZE], EVP_PKEY *key, struct error *err)
{
	uint8_t coord[EC_COORD_SIZE];
	int rc = ec_to_coord(coord, key, err);

	return rc < 0 ? rc : crypto_sha256(phkh, coord, sizeof(coord), err);
}

int ec_exchange(struct secret **out, EVP_PKEY *own, EVP_PKEY *peer,
		struct error *err)
{
	uint8_t z[EC_SCALAR_SIZE + 4] = { 0 };
	size_t size = EC_SCALAR_SIZE;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL);
	struct secret *key = secret_new(32);
	int rc;

	*out = NULL;
	z[sizeof(z) - 1] = 1; /* the counter of X9.63, big-endian */
	if (!key)
		rc = error_set(err, ERR_NOMEM, "Out of memory");
	else if (!ctx || EVP_PKEY_derive_init(ctx) != 1 ||
		 EVP_PKEY_derive_set_peer(ctx, peer) != 1 ||
		 EVP_PKEY_derive(ctx, z, &size) != 1 || size != EC_SCALAR_SIZE)
		rc = crypto_error(err, "Cannot derive the shared key (ECDH on P-521)");
	else
		rc = crypto_sha256(secret_bytes(key), z, sizeof(z), err);
	secret_wipe(z, sizeof(z));
	EVP_PKEY_CTX_free(ctx);
	if (rc < 0) {
		secret_free(key);
		return rc;
	}
	*out = key;
	return 0;
}
