/* SPDX-License-Identifier: MIT */
#include "crypto/crypto.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/secret.h"

int crypto_error(struct error *err, const char *format, ...)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());
	char text[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	error_set(err, ERR_CRYPTO, "%s", reason ? reason : "no reason given");
	ERR_clear_error();
	return error_wrap(err, ERR_CRYPTO, "%s", text);
}

int crypto_random(void *data, size_t size, struct error *err)
{
	if (size > INT_MAX || RAND_bytes(data, (int)size) != 1)
		return crypto_error(err, "Cannot get %zu random bytes", size);
	return 0;
}

int crypto_sha256(uint8_t digest[SHA256_SIZE], const void *data, size_t size,
		  struct error *err)
{
	if (EVP_Digest(data, size, digest, NULL, EVP_sha256(), NULL) != 1)
		return crypto_error(err, "SHA-256 failed");
	return 0;
}

int crypto_sha512(uint8_t digest[SHA512_SIZE], const void *data, size_t size,
		  struct error *err)
{
	if (EVP_Digest(data, size, digest, NULL, EVP_sha512(), NULL) != 1)
		return crypto_error(err, "SHA-512 failed");
	return 0;
}

static OSSL_PARAM octets(const char *name, const void *data, size_t size)
{
	return OSSL_PARAM_construct_octet_string(name, (void *)(uintptr_t)data, size);
}

int hkdf_sha512(void *out, size_t size, const void *key, size_t key_size,
		const void *salt, size_t salt_size, const void *info,
		size_t info_size, struct error *err)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_DIGEST, "SHA512", 6),
		octets(OSSL_KDF_PARAM_KEY, key, key_size),
		octets(OSSL_KDF_PARAM_SALT, salt, salt_size),
		octets(OSSL_KDF_PARAM_INFO, info, info_size),
		OSSL_PARAM_END,
	};
	EVP_KDF *hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = hkdf ? EVP_KDF_CTX_new(hkdf) : NULL;
	int ok = ctx && EVP_KDF_derive(ctx, out, size, params) == 1;

	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(hkdf);
	return ok ? 0 : crypto_error(err, "HKDF failed");
}

int gcm_seal(const uint8_t key[GCM_KEY_SIZE], const uint8_t iv[GCM_IV_SIZE],
	     const void *aad, size_t aad_size, const void *plain, void *cipher,
	     size_t size, uint8_t tag[GCM_TAG_SIZE], struct error *err)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n, ok;

	ok = aad_size <= INT_MAX && size <= INT_MAX && ctx &&
	     EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, iv) == 1 &&
	     (!aad_size || EVP_EncryptUpdate(ctx, NULL, &n, aad, (int)aad_size) == 1) &&
	     EVP_EncryptUpdate(ctx, cipher, &n, plain, (int)size) == 1 &&
	     EVP_EncryptFinal_ex(ctx, (uint8_t *)cipher + n, &n) == 1 &&
	     EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, GCM_TAG_SIZE, tag) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return ok ? 0 : crypto_error(err, "AES-256-GCM encryption failed");
}

int gcm_open(const uint8_t key[GCM_KEY_SIZE], const uint8_t iv[GCM_IV_SIZE],
	     const void *aad, size_t aad_size, const void *cipher, void *plain,
	     size_t size, const uint8_t tag[GCM_TAG_SIZE], struct error *err)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0, ok;

	ok = aad_size <= INT_MAX && size <= INT_MAX && ctx &&
	     EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, iv) == 1 &&
	     (!aad_size || EVP_DecryptUpdate(ctx, NULL, &n, aad, (int)aad_size) == 1) &&
	     EVP_DecryptUpdate(ctx, plain, &n, cipher, (int)size) == 1 &&
	     EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, GCM_TAG_SIZE,
				 (void *)(uintptr_t)tag) == 1;
	if (!ok) {
		EVP_CIPHER_CTX_free(ctx);
		secret_wipe(plain, size);
		return crypto_error(err, "AES-256-GCM decryption failed");
	}
	ok = EVP_DecryptFinal_ex(ctx, (uint8_t *)plain + n, &n) == 1;
	EVP_CIPHER_CTX_free(ctx);
	if (ok)
		return 0;
	ERR_clear_error();
	secret_wipe(plain, size);
	return error_set(err, ERR_AUTH,
			 "The AES-256-GCM tag does not match: wrong key or changed data");
}

struct xts {
	EVP_CIPHER_CTX *ctx;
};

int xts_new(struct xts **out, const uint8_t key[XTS_KEY_SIZE],
	    enum xts_direction direction, struct error *err)
{
	static const uint8_t zero_tweak[XTS_TWEAK_SIZE];
	struct xts *xts;

	*out = NULL;
	if (secret_equal_bytes(key, key + XTS_KEY_SIZE / 2, XTS_KEY_SIZE / 2))
		return error_set(err, ERR_INVALID,
				 "The two halves of the AES-XTS key are equal");
	xts = OPENSSL_zalloc(sizeof(*xts));
	if (!xts)
		return error_set(err, ERR_NOMEM, "Out of memory");
	xts->ctx = EVP_CIPHER_CTX_new();
	if (!xts->ctx || EVP_CipherInit_ex(xts->ctx, EVP_aes_256_xts(), NULL, key,
					   zero_tweak, direction) != 1) {
		xts_free(xts);
		return crypto_error(err, "Cannot set up AES-256-XTS");
	}
	*out = xts;
	return 0;
}

int xts_unit(struct xts *xts, const uint8_t tweak[XTS_TWEAK_SIZE],
	     const void *in, void *out, size_t size, struct error *err)
{
	int n;

	if (size > INT_MAX ||
	    EVP_CipherInit_ex(xts->ctx, NULL, NULL, NULL, tweak, -1) != 1 ||
	    EVP_CipherUpdate(xts->ctx, out, &n, in, (int)size) != 1 || (size_t)n != size)
		return crypto_error(err, "AES-256-XTS failed");
	return 0;
}

int xts_page(struct xts *xts, const uint8_t tweak[XTS_TWEAK_SIZE],
	     const uint8_t in[CRYPTO_PAGE_SIZE], uint8_t out[CRYPTO_PAGE_SIZE],
	     struct error *err)
{
	return xts_unit(xts, tweak, in, out, CRYPTO_PAGE_SIZE, err);
}

void xts_free(struct xts *xts)
{
	if (!xts)
		return;
	EVP_CIPHER_CTX_free(xts->ctx);
	OPENSSL_free(xts);
}
