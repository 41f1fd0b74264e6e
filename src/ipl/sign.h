/* SPDX-License-Identifier: MIT */
/*
 * Making what Secure IPL verifies: signing keys with their certificates, and
 * detached CMS signatures over components. See
 * docs/reference/appended-signature.md.
 */
#ifndef UV_IPL_SIGN_H
#define UV_IPL_SIGN_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* --- Keys and certificates ------------------------------------------------- */

/*
 * A fresh key pair of a kind by name at *@out; caller frees. "rsa2048",
 * "rsa3072", "rsa4096", "p256", "p384" or "p521"; ERR_INVALID for another.
 */
#define SIGN_KEY_KINDS "rsa2048 rsa3072 rsa4096 p256 p384 p521"
int sign_key_generate(EVP_PKEY **out, const char *kind, struct error *err);

struct sign_certificate {
	const char *common_name;
	EVP_PKEY *key;
	unsigned days;   /* that it is valid, from now on */
	uint64_t serial; /* 0 = 16 random bytes */
	X509 *issuer;    /* NULL = self-signed */
	EVP_PKEY *issuer_key;
};

/*
 * A certificate (X.509 v3, for digital signatures, no CA) at *@out; caller
 * frees. ERR_INVALID when it does not fit into a machine's certificate store or
 * its name or dates are impossible.
 */
int sign_certificate_make(X509 **out, const struct sign_certificate *order,
			  struct error *err);

/* ERR_INVALID when @certificate has more bytes in DER than the store takes. */
int sign_certificate_fits(X509 *certificate, struct error *err);

/* --- Signing ----------------------------------------------------------------- */

/*
 * Asks for the passphrase of a key, or finds it somewhere: puts up to @room
 * bytes into @buffer and returns how many, or -1 when there is none.
 */
struct sign_passphrase {
	int (*get)(void *context, char *buffer, int room);
	void *context;
};

/*
 * The private key that @source names, at *@out; caller frees. It is a PEM or DER
 * file, perhaps encrypted, or a PKCS#11 URI ("pkcs11:…"), which OpenSSL's
 * pkcs11 provider or engine resolves: ERR_UNSUPPORTED where there is neither.
 * @passphrase may be NULL.
 */
int sign_key_load(EVP_PKEY **out, const char *source,
		  const struct sign_passphrase *passphrase, struct error *err);

/* The first certificate in the PEM or DER file @path, at *@out; caller frees. */
int sign_certificate_load(X509 **out, const char *path, struct error *err);

/* What goes into a signature besides the content. */
struct sign_signer {
	EVP_PKEY *key;
	X509 *certificate;
	const char *digest; /* "sha256", "sha384", "sha512" */
	bool by_key_id;     /* name the signer by subject key id, not issuer and serial */
};

/* ERR_INVALID unless the key belongs to the certificate, and the digest is known. */
#define SIGN_DIGESTS "sha256 sha384 sha512"
int sign_signer_check(const struct sign_signer *signer, struct error *err);

/*
 * The detached signature of @size bytes at @content, as CMS SignedData in DER
 * without certificates and attributes, at *@der; caller frees with free().
 */
int sign_detached(uint8_t **der, size_t *der_size, const void *content, size_t size,
		  const struct sign_signer *signer, struct error *err);

#endif
