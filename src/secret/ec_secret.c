/* SPDX-License-Identifier: MIT */
#include "secret/ec_secret.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

#include "crypto/crypto.h"
#include "secret/key_file.h"

static const struct {
	int nid;
	enum secret_type type;
} curves[] = {
	{ NID_X9_62_prime256v1, SECRET_EC_P256 },
	{ NID_secp384r1, SECRET_EC_P384 },
	{ NID_secp521r1, SECRET_EC_P521 },
	{ NID_ED25519, SECRET_EC_ED25519 },
	{ NID_ED448, SECRET_EC_ED448 },
};

/* The curve, or for what is no EC key its algorithm. */
static int key_nid(EVP_PKEY *key)
{
	char name[64];
	size_t length;

	if (!EVP_PKEY_is_a(key, "EC"))
		return EVP_PKEY_get_base_id(key);
	if (EVP_PKEY_get_group_name(key, name, sizeof(name), &length) != 1)
		return NID_undef;
	return OBJ_txt2nid(name);
}

static const struct secret_kind *kind_of(EVP_PKEY *key)
{
	int nid = key_nid(key);

	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		if (curves[i].nid == nid)
			return secret_kind_find(curves[i].type);
	return NULL;
}

static bool write_scalar(uint8_t *out, size_t size, EVP_PKEY *key)
{
	BIGNUM *scalar = NULL;
	bool ok = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &scalar) == 1 &&
		  BN_bn2binpad(scalar, out, (int)size) == (int)size;

	BN_clear_free(scalar);
	return ok;
}

/* Ed25519 and Ed448. */
static bool write_raw(uint8_t *out, size_t size, EVP_PKEY *key)
{
	size_t length = 0;

	return EVP_PKEY_get_raw_private_key(key, NULL, &length) == 1 && length <= size &&
	       EVP_PKEY_get_raw_private_key(key, out + size - length, &length) == 1;
}

static int encode(struct secret **value, const struct secret_kind *kind, EVP_PKEY *key,
		  struct error *err)
{
	struct secret *encoded = secret_new(kind->size);
	bool ok;

	if (!encoded)
		return error_set(err, ERR_NOMEM, "Out of memory");
	ok = EVP_PKEY_is_a(key, "EC") ?
		     write_scalar(secret_bytes(encoded), kind->size, key) :
		     write_raw(secret_bytes(encoded), kind->size, key);
	if (!ok) {
		secret_free(encoded);
		return crypto_error(err, "Cannot take the private key out of the file");
	}
	*value = encoded;
	return 0;
}

int ec_secret_parse(struct secret **value, const struct secret_kind **kind,
		    const void *file, size_t size, struct error *err)
{
	EVP_PKEY *key;
	int rc = key_file_parse_private(&key, file, size, err);

	*value = NULL;
	if (rc < 0)
		return rc;
	*kind = kind_of(key);
	if (*kind)
		rc = encode(value, *kind, key, err);
	else
		rc = error_set(err, ERR_UNSUPPORTED,
			       "The key (%s) is on none of the curves secp256r1, secp384r1, secp521r1, Ed25519 and Ed448",
			       OBJ_nid2sn(key_nid(key)));
	EVP_PKEY_free(key);
	return rc;
}
