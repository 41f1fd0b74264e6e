/* SPDX-License-Identifier: MIT */
/* Sealing and opening of key bundles. */
#include "machine/bundle.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

#include "machine/bundle_format.h"

/* What scrypt makes: the key, then the check value. */
#define DERIVED_SIZE (GCM_KEY_SIZE + BUNDLE_CHECK_SIZE)

static int no_memory(struct error *err)
{
	return error_set(err, ERR_NOMEM, "Out of memory");
}

/* Runs scrypt with the parameters of @header. Caller frees *@out. */
static int derive(struct secret **out, const struct secret *passphrase,
		  const struct bundle_header *header, struct error *err)
{
	uint64_t n = UINT64_C(1) << be32_get(header->log2_n);
	uint32_t r = be32_get(header->r), p = be32_get(header->p);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD,
						  (void *)secret_view(passphrase),
						  secret_size(passphrase)),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT,
						  (void *)header->salt,
						  sizeof(header->salt)),
		OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
		OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
		OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
		OSSL_PARAM_construct_end(),
	};
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "SCRYPT", NULL);
	EVP_KDF_CTX *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	struct secret *derived = secret_new(DERIVED_SIZE);
	int rc = derived ? 0 : no_memory(err);

	if (rc == 0 && (!ctx || EVP_KDF_derive(ctx, secret_bytes(derived), DERIVED_SIZE,
					       params) != 1))
		rc = crypto_error(err, "Cannot derive a key from the passphrase (scrypt)");
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	if (rc < 0) {
		secret_free(derived);
		derived = NULL;
	}
	*out = derived;
	return rc;
}

static int new_header(struct bundle_header *header, size_t payload, unsigned log2_n,
		      struct error *err)
{
	int rc;

	*header = (struct bundle_header){
		.version = be32(BUNDLE_VERSION_1),
		.payload_size = be32((uint32_t)payload),
		.log2_n = be32(log2_n),
		.r = be32(BUNDLE_R),
		.p = be32(BUNDLE_P),
	};
	memcpy(header->magic, BUNDLE_MAGIC, BUNDLE_MAGIC_SIZE);
	rc = crypto_random(header->iv, sizeof(header->iv), err);
	if (rc == 0)
		rc = crypto_random(header->salt, sizeof(header->salt), err);
	return rc;
}

/* Fills in all of @bytes but the fields of @header that need no secret. */
static int seal_into(uint8_t *bytes, size_t size, struct bundle_header *header,
		     const struct secret *plain, const struct secret *passphrase,
		     struct error *err)
{
	uint8_t *sealed = bytes + sizeof(*header);
	struct secret *derived;
	int rc = derive(&derived, passphrase, header, err);

	if (rc < 0)
		return rc;
	memcpy(header->check, secret_view(derived) + GCM_KEY_SIZE, BUNDLE_CHECK_SIZE);
	rc = gcm_seal(secret_view(derived), header->iv, header, BUNDLE_AAD_SIZE,
		      secret_view(plain), sealed, secret_size(plain),
		      sealed + secret_size(plain), err);
	secret_free(derived);
	if (rc < 0)
		return rc;
	memcpy(bytes, header, sizeof(*header));
	rc = bundle_digest(header->digest, bytes, size, err);
	memcpy(bytes, header, sizeof(*header));
	return rc;
}

int bundle_seal(uint8_t **bytes, size_t *size, const struct secret *plain,
		const struct secret *passphrase, unsigned log2_n, struct error *err)
{
	struct bundle_header header;
	int rc;

	*bytes = NULL;
	*size = sizeof(header) + secret_size(plain) + GCM_TAG_SIZE;
	if (secret_size(plain) > BUNDLE_MAX_PAYLOAD)
		return error_set(err, ERR_UNSUPPORTED,
				 "The machine has %zu bytes, a key bundle holds %d",
				 secret_size(plain), BUNDLE_MAX_PAYLOAD);
	rc = new_header(&header, secret_size(plain), log2_n, err);
	if (rc < 0)
		return rc;
	*bytes = malloc(*size);
	if (!*bytes)
		return no_memory(err);
	rc = seal_into(*bytes, *size, &header, plain, passphrase, err);
	if (rc < 0) {
		free(*bytes);
		*bytes = NULL;
	}
	return rc;
}

/* Decrypts into *@plain with what scrypt made of the passphrase. */
static int decrypt(struct secret **plain, const struct bundle *bundle,
		   const struct secret *derived, struct error *err)
{
	struct secret *out;
	int rc;

	if (!secret_equal_bytes(secret_view(derived) + GCM_KEY_SIZE,
				bundle->header->check, BUNDLE_CHECK_SIZE))
		return error_set(err, ERR_AUTH, "The passphrase is not the one of this key bundle");
	out = secret_new(bundle->sealed_size);
	if (!out)
		return no_memory(err);
	rc = gcm_open(secret_view(derived), bundle->header->iv, bundle->header,
		      BUNDLE_AAD_SIZE, bundle->sealed, secret_bytes(out),
		      bundle->sealed_size, bundle->tag, err);
	if (rc < 0) {
		secret_free(out);
		if (rc != ERR_AUTH)
			return rc;
		error_set(err, rc, "Key bundle: its authentication tag is wrong");
		return error_hint(err, rc,
				  "The file was changed by somebody who also adapted its digest: do not use it");
	}
	*plain = out;
	return 0;
}

int bundle_open(struct secret **plain, const void *bytes, size_t size,
		const struct secret *passphrase, struct error *err)
{
	struct bundle bundle;
	struct secret *derived;
	int rc;

	*plain = NULL;
	rc = bundle_parse(&bundle, bytes, size, err);
	if (rc == 0)
		rc = derive(&derived, passphrase, bundle.header, err);
	if (rc < 0)
		return rc;
	rc = decrypt(plain, &bundle, derived, err);
	secret_free(derived);
	return rc;
}
