/* SPDX-License-Identifier: MIT */
#include "secret/extension_secret.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

static const char purpose[] = "IBM Z Ultravisor Add-Secret";

static int derive(uint8_t *out, const uint8_t cck[CCK_SIZE],
		  const uint8_t image_tag[GCM_TAG_SIZE], struct error *err)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_DIGEST, "SHA512", 6),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_KEY, (void *)(uintptr_t)cck, CCK_SIZE),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_SALT, (void *)(uintptr_t)image_tag,
					GCM_TAG_SIZE),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_INFO, (void *)(uintptr_t)purpose,
					sizeof(purpose) - 1),
		OSSL_PARAM_END,
	};
	EVP_KDF *hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = hkdf ? EVP_KDF_CTX_new(hkdf) : NULL;
	int ok = ctx && EVP_KDF_derive(ctx, out, EXTENSION_SECRET_SIZE, params) == 1;

	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(hkdf);
	return ok ? 0 : crypto_error(err, "HKDF failed");
}

int extension_secret_derive(struct secret **out, const uint8_t cck[CCK_SIZE],
			    const uint8_t image_tag[GCM_TAG_SIZE],
			    struct error *err)
{
	struct secret *derived = secret_new(EXTENSION_SECRET_SIZE);
	int rc;

	*out = NULL;
	if (!derived)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = derive(secret_bytes(derived), cck, image_tag, err);
	if (rc < 0) {
		secret_free(derived);
		return error_wrap(err, rc, "Cannot derive the extension secret from the CCK");
	}
	*out = derived;
	return 0;
}
