/* SPDX-License-Identifier: MIT */
/*
 * Minting certificates and revocation lists of simulated machines and of
 * tests: the same four kinds that a real host key document hangs on.
 *
 *	root CA -> intermediate CA -> IBM Z signing key -> host key document
 *
 * Everything minted says so: the CA names that the callers choose, and a
 * comment extension ("Netscape Comment") in each certificate. The exception are
 * certificates for signing boot components, which are users' real ones.
 *
 *	struct mint_certificate order = {
 *		.profile = MINT_ROOT_CA, .subject = name, .key = key,
 *		.issuer_key = key, .not_after = mint_years_from_now(20),
 *	};
 *	rc = mint_certificate(&root, &order, err);
 */
#ifndef UV_HOSTKEY_MINT_H
#define UV_HOSTKEY_MINT_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/error.h"
#include "base/file.h"

/* One entry of a name; a name is an array ended by one without a type. */
struct mint_entry {
	const char *type; /* OpenSSL's short name: "C", "ST", "L", "O", "OU", "CN" */
	const char *value;
};

#define MINT_NAME_ENTRIES 7 /* six and the end */

/*
 * The subject that makes a certificate an IBM Z signing key, see
 * docs/reference/host-key-documents.md, "The signing key". @locality is
 * "Poughkeepsie" or "Armonk" (or another, for a wrong one).
 */
void mint_signing_key_name(struct mint_entry name[MINT_NAME_ENTRIES],
			   const char *locality);

/* The same entries in the order in which IBM's host key CRLs name their issuer. */
void mint_signing_key_crl_name(struct mint_entry name[MINT_NAME_ENTRIES],
			       const char *locality);

/* What a certificate may be used for: basic constraints and key usage. */
enum mint_profile {
	MINT_ROOT_CA,
	MINT_INTERMEDIATE_CA,
	MINT_SIGNING_KEY, /* no CA; signs host key documents and their CRL */
	MINT_HOST_KEY,    /* no CA; key agreement */
	MINT_BOOT_SIGNING, /* no CA; signs what Secure IPL starts; no comment by itself */
};

struct mint_certificate {
	enum mint_profile profile;
	const struct mint_entry *subject;
	EVP_PKEY *key; /* the subject's; the public half is enough */

	X509 *issuer; /* NULL = self-signed */
	EVP_PKEY *issuer_key;
	const struct mint_entry *issuer_name; /* NULL = the subject of @issuer */

	uint64_t serial;   /* 0 = 16 random bytes */
	time_t not_before; /* 0 = a day ago */
	time_t not_after;
	const char *digest; /* NULL = SHA512 for host keys, else SHA256 */

	/* CRL distribution points, each with one URL; may be none. */
	const char *const *crl_urls;
	size_t crl_url_count;

	const char *comment; /* NULL = MINT_COMMENT, but none for MINT_BOOT_SIGNING */
	bool no_key_ids;     /* leave out subject and authority key identifiers */
};

#define MINT_COMMENT "Made by Ultraviolet for simulation and tests. Not IBM's; protects nothing."

/* Mints one certificate (X.509 v3) at *@out; caller frees with X509_free(). */
int mint_certificate(X509 **out, const struct mint_certificate *order,
		     struct error *err);

struct mint_revoked {
	const X509 *certificate; /* whose serial to list; NULL = @serial */
	uint64_t serial;
	int reason; /* CRL_REASON_*; 0 = none given */
};

struct mint_crl {
	X509 *issuer;
	EVP_PKEY *issuer_key;
	const struct mint_entry *issuer_name; /* NULL = the subject of @issuer */
	const struct mint_revoked *revoked;
	size_t revoked_count;
	time_t last_update; /* 0 = a day ago */
	time_t next_update; /* 0 = the list names none */
	const char *digest; /* NULL = SHA512 */
};

/* Mints one CRL (version 2) at *@out; caller frees with X509_CRL_free(). */
int mint_crl(X509_CRL **out, const struct mint_crl *order, struct error *err);

/*
 * A fresh RSA key pair; caller frees with EVP_PKEY_free(). Verification asks
 * for 2048 bits or more; 4096 are customary and take a second or two.
 */
int mint_rsa_key(EVP_PKEY **out, unsigned bits, struct error *err);

/* Now plus @years of 365 days. */
time_t mint_years_from_now(int years);

enum mint_encoding { MINT_PEM, MINT_DER };

/* Ordinary files (0666 without the umask). */
int mint_write_certificate(const char *file, X509 *certificate,
			   enum mint_encoding encoding,
			   enum outfile_policy policy, struct error *err);
int mint_write_crl(const char *file, X509_CRL *crl, enum mint_encoding encoding,
		   enum outfile_policy policy, struct error *err);

/* Reads a certificate back; caller frees. */
int mint_read_certificate(X509 **out, const char *file, struct error *err);

#endif
