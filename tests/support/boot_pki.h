/* SPDX-License-Identifier: MIT */
/* Keys, certificates and signatures of boot components for tests, minted on the way. */
#ifndef UV_TESTS_BOOT_PKI_H
#define UV_TESTS_BOOT_PKI_H

#include <openssl/cms.h>
#include <openssl/x509.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "ipl/certstore.h"

enum boot_key {
	BOOT_RSA,
	BOOT_OTHER_RSA,
	BOOT_P256,
	BOOT_P384,
	BOOT_P521,
	BOOT_ED25519,
	BOOT_KEYS,
};

/* Always the same key pair of a kind; stays the fixture's. */
EVP_PKEY *boot_key(enum boot_key kind);

struct boot_order {
	enum boot_key key;
	const char *name;    /* common name; NULL = "Boot" */
	time_t not_before;   /* 0 = a day ago */
	time_t not_after;    /* 0 = in a year */
	size_t comment_size; /* makes the certificate larger */
};

/* Caller frees; never NULL. */
X509 *boot_certificate(const struct boot_order *order);

/* The same, valid now, for a key with nothing else to say about it. */
X509 *boot_certificate_for(enum boot_key key);

/* A certificate of exactly @size bytes in DER, which must be more than 1000. */
X509 *boot_certificate_sized(enum boot_key key, size_t size);

struct boot_bytes {
	uint8_t bytes[3 * 8192]; /* more than any certificate here needs, as PEM */
	size_t size;
};

void boot_to_der(struct boot_bytes *out, X509 *certificate);
void boot_to_pem(struct boot_bytes *out, X509 *certificate);
void boot_write(const char *path, const struct boot_bytes *bytes);

/* Puts the certificate into the store, as if from the file @label. */
void boot_store_add(struct certstore *store, const char *label, X509 *certificate);

/*
 * The detached signature of @content by @key, whose certificate is @signer. @flags
 * are OpenSSL's, on top of those that sign-file uses but for CMS_NOATTR and
 * CMS_NOCERTS.
 */
void boot_sign(struct boot_bytes *out, const void *content, size_t size,
	       enum boot_key key, X509 *signer, const EVP_MD *digest, unsigned flags);

/* As sign-file does it: no attributes, no certificates, SHA-256. */
#define BOOT_LIKE_SIGN_FILE (CMS_NOATTR | CMS_NOCERTS)

#endif
