/* SPDX-License-Identifier: MIT */
/* The signer: keys and certificates, made or read. */
#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/secret.h"
#include "crypto/crypto.h"
#include "crypto/key_pem.h"
#include "hostkey/mint.h"
#include "ipl/diag320_format.h"
#include "ipl/sign.h"
#include "ipl/sign_pkcs11.h"

#define SECONDS_A_DAY 86400
#define COMMON_NAME_MAX 64 /* characters, X.520 */
#define DAYS_MAX 365000U   /* within the years that X.509 can write */

/* --- Keys --------------------------------------------------------------------- */

static const struct key_kind {
	const char *name;
	unsigned rsa_bits;
	const char *curve;
} key_kinds[] = {
	{ "rsa2048", 2048, NULL },
	{ "rsa3072", 3072, NULL },
	{ "rsa4096", 4096, NULL },
	{ "p256", 0, "P-256" },
	{ "p384", 0, "P-384" },
	{ "p521", 0, "P-521" },
};

int sign_key_generate(EVP_PKEY **out, const char *kind, struct error *err)
{
	*out = NULL;
	for (size_t i = 0; i < sizeof(key_kinds) / sizeof(key_kinds[0]); i++) {
		const struct key_kind *k = &key_kinds[i];

		if (strcmp(kind, k->name) != 0)
			continue;
		*out = k->curve ? EVP_EC_gen(k->curve) : EVP_RSA_gen(k->rsa_bits);
		return *out ? 0 : crypto_error(err, "Cannot generate a key (%s)", kind);
	}
	return error_set(err, ERR_INVALID, "'%s' is none of the kinds of key %s", kind,
			 SIGN_KEY_KINDS);
}

struct ask {
	const struct sign_passphrase *passphrase;
	bool asked; /* the key is encrypted */
};

static int ask_passphrase(char *buffer, int room, int writing, void *context)
{
	struct ask *ask = context;

	(void)writing;
	ask->asked = true;
	return ask->passphrase ? ask->passphrase->get(ask->passphrase->context, buffer, room)
			       : -1;
}

static EVP_PKEY *decode_key(const struct secret *bytes,
			    const struct sign_passphrase *passphrase, bool *asked)
{
	struct ask ask = { .passphrase = passphrase };
	const unsigned char *data = secret_view(bytes);
	size_t size = secret_size(bytes);
	EVP_PKEY *key = NULL;
	OSSL_DECODER_CTX *ctx =
		OSSL_DECODER_CTX_new_for_pkey(&key, NULL, NULL, NULL,
					      EVP_PKEY_KEYPAIR, NULL, NULL);

	if (!ctx || OSSL_DECODER_CTX_set_pem_password_cb(ctx, ask_passphrase, &ask) != 1 ||
	    OSSL_DECODER_from_data(ctx, &data, &size) != 1) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	OSSL_DECODER_CTX_free(ctx);
	*asked = ask.asked;
	return key;
}

static int load_file(EVP_PKEY **out, const char *path,
		     const struct sign_passphrase *passphrase, struct error *err)
{
	struct secret *bytes;
	bool asked;
	int rc = secret_read(&bytes, path, KEY_PEM_MAX_SIZE, err);

	if (rc < 0)
		return rc;
	*out = decode_key(bytes, passphrase, &asked);
	secret_free(bytes);
	if (*out)
		return 0;
	crypto_error(err, "Cannot read a private key from '%s'", path);
	return error_hint(err, ERR_FORMAT,
			  asked ? "The key is encrypted: is the passphrase right? It is taken from KBUILD_SIGN_PIN, or asked for on the terminal"
				: "A private key in PEM or DER is expected");
}

int sign_key_load(EVP_PKEY **out, const char *source,
		  const struct sign_passphrase *passphrase, struct error *err)
{
	*out = NULL;
	if (strncmp(source, "pkcs11:", 7) == 0)
		return sign_pkcs11_load(out, source, passphrase, err);
	return load_file(out, source, passphrase, err);
}

/* --- Certificates --------------------------------------------------------------- */

int sign_certificate_load(X509 **out, const char *path, struct error *err)
{
	return mint_read_certificate(out, path, err);
}

int sign_certificate_fits(X509 *certificate, struct error *err)
{
	int size = i2d_X509(certificate, NULL);

	if (size <= 0)
		return crypto_error(err, "Cannot encode the certificate");
	if (size > CERTIFICATE_DER_MAX)
		return error_set(err, ERR_INVALID,
				 "The certificate has %d bytes in DER; a certificate store takes %d",
				 size, CERTIFICATE_DER_MAX);
	return 0;
}

static int check_order(const struct sign_certificate *order, struct error *err)
{
	size_t length = strlen(order->common_name);

	if (length == 0 || length > COMMON_NAME_MAX)
		return error_set(err, ERR_INVALID,
				 "A common name has 1 to %d characters, not %zu",
				 COMMON_NAME_MAX, length);
	if (order->days == 0 || order->days > DAYS_MAX)
		return error_set(err, ERR_INVALID,
				 "A certificate is valid for 1 to %u days, not %u", DAYS_MAX,
				 order->days);
	if (order->issuer && X509_check_private_key(order->issuer, order->issuer_key) != 1) {
		ERR_clear_error();
		return error_set(err, ERR_INVALID,
				 "The CA's private key does not belong to its certificate");
	}
	if (order->issuer && X509_check_ca(order->issuer) == 0)
		return error_set(err, ERR_INVALID,
				 "The certificate given as CA is none: its constraints forbid to sign others");
	return 0;
}

int sign_certificate_make(X509 **out, const struct sign_certificate *order,
			  struct error *err)
{
	const struct mint_entry subject[] = { { "CN", order->common_name }, { NULL, NULL } };
	time_t now = time(NULL);
	struct mint_certificate mint = {
		.profile = MINT_BOOT_SIGNING,
		.subject = subject,
		.key = order->key,
		.issuer = order->issuer,
		.issuer_key = order->issuer ? order->issuer_key : order->key,
		.serial = order->serial,
		.not_before = now,
		.not_after = now + (time_t)order->days * SECONDS_A_DAY,
	};
	int rc;

	*out = NULL;
	rc = check_order(order, err);
	if (rc == 0)
		rc = mint_certificate(out, &mint, err);
	if (rc == 0)
		rc = sign_certificate_fits(*out, err);
	if (rc < 0) {
		X509_free(*out);
		*out = NULL;
	}
	return rc;
}
