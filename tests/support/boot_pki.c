/* SPDX-License-Identifier: MIT */
#include "boot_pki.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "hostkey/mint.h"

#define DAY 86400

static void need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "boot_pki: %s failed\n", what);
	abort();
}

static EVP_PKEY *generate(enum boot_key kind)
{
	switch (kind) {
	case BOOT_P256:
		return EVP_EC_gen("P-256");
	case BOOT_P384:
		return EVP_EC_gen("P-384");
	case BOOT_P521:
		return EVP_EC_gen("P-521");
	case BOOT_ED25519:
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	default:
		return EVP_RSA_gen(2048);
	}
}

EVP_PKEY *boot_key(enum boot_key kind)
{
	static EVP_PKEY *keys[BOOT_KEYS];

	if (!keys[kind])
		keys[kind] = generate(kind);
	need(keys[kind] != NULL, "making a key");
	return keys[kind];
}

X509 *boot_certificate(const struct boot_order *order)
{
	const struct mint_entry subject[] = {
		{ "CN", order->name ? order->name : "Boot" }, { NULL, NULL },
	};
	char *comment = order->comment_size ? calloc(1, order->comment_size + 1) : NULL;
	struct mint_certificate mint = {
		.profile = MINT_BOOT_SIGNING,
		.subject = subject,
		.key = boot_key(order->key),
		.issuer_key = boot_key(order->key == BOOT_ED25519 ? BOOT_RSA : order->key),
		.not_before = order->not_before,
		.not_after = order->not_after ? order->not_after : time(NULL) + 365 * DAY,
		.comment = comment,
	};
	X509 *certificate;

	if (comment)
		memset(comment, 'x', order->comment_size);
	need(mint_certificate(&certificate, &mint, NULL) == 0, "making a certificate");
	free(comment);
	return certificate;
}

X509 *boot_certificate_for(enum boot_key key)
{
	return boot_certificate(&(struct boot_order){ .key = key });
}

X509 *boot_certificate_sized(enum boot_key key, size_t size)
{
	struct boot_order order = { .key = key, .comment_size = size - 900 };

	/* Signatures on curves differ in length, so it may take some attempts. */
	for (unsigned attempt = 0; attempt < 100; attempt++) {
		X509 *certificate = boot_certificate(&order);
		size_t length = (size_t)i2d_X509(certificate, NULL);

		if (length == size)
			return certificate;
		X509_free(certificate);
		order.comment_size += size - length;
	}
	need(false, "making a certificate of that size");
	return NULL;
}

void boot_to_der(struct boot_bytes *out, X509 *certificate)
{
	uint8_t *at = out->bytes;
	int size = i2d_X509(certificate, NULL);

	need(size > 0 && (size_t)size <= sizeof(out->bytes), "encoding a certificate");
	out->size = (size_t)i2d_X509(certificate, &at);
}

void boot_to_pem(struct boot_bytes *out, X509 *certificate)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int size;

	need(bio && PEM_write_bio_X509(bio, certificate) == 1, "encoding a certificate");
	size = BIO_read(bio, out->bytes, sizeof(out->bytes));
	need(size > 0 && BIO_pending(bio) == 0, "encoding a certificate");
	out->size = (size_t)size;
	BIO_free(bio);
}

void boot_write(const char *path, const struct boot_bytes *bytes)
{
	need(file_write(path, bytes->bytes, bytes->size, OUTFILE_REPLACE, 0600, NULL) == 0,
	     path);
}

void boot_store_add(struct certstore *store, const char *label, X509 *certificate)
{
	struct boot_bytes der;

	boot_to_der(&der, certificate);
	need(certstore_add(store, label, der.bytes, der.size, NULL) == 0,
	     "filling a certificate store");
}

void boot_sign(struct boot_bytes *out, const void *content, size_t size,
	       enum boot_key key, X509 *signer, const EVP_MD *digest, unsigned flags)
{
	unsigned all = flags | CMS_BINARY | CMS_DETACHED | CMS_PARTIAL | CMS_NOSMIMECAP;
	BIO *in = BIO_new_mem_buf(content, (int)size);
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, all);
	uint8_t *at = out->bytes;
	int length;

	need(in && cms && CMS_add1_signer(cms, signer, boot_key(key), digest, all) &&
		     CMS_final(cms, in, NULL, all) == 1,
	     "signing");
	length = i2d_CMS_ContentInfo(cms, NULL);
	need(length > 0 && (size_t)length <= sizeof(out->bytes), "encoding a signature");
	out->size = (size_t)i2d_CMS_ContentInfo(cms, &at);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
}
