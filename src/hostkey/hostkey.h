/* SPDX-License-Identifier: MIT */
/*
 * Host key documents and whether to believe them.
 *
 * A host key document (HKD) is an X.509 certificate for the public P-521 key
 * of one machine, signed by an IBM Z signing key, whose own certificate chains
 * to a public root. The signing key is not a CA, so the last link is checked
 * by rules of its own: see docs/reference/host-key-documents.md.
 *
 * There is no shared state: different objects may be used by different threads
 * at the same time, and one verifier without a report by several.
 */
#ifndef UV_HOSTKEY_HOSTKEY_H
#define UV_HOSTKEY_HOSTKEY_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/error.h"
#include "base/log.h"
#include "crypto/ec.h"

struct hostkey {
	char *file;        /* where it was read from */
	X509 *certificate;
	EVP_PKEY *key;     /* public half, on P-521 */
	uint8_t phkh[PHKH_SIZE];
};

/*
 * Reads one HKD, PEM or DER, and checks that its key is a valid point of
 * P-521. Nothing else is verified. Of several certificates in the file the
 * first is taken, and a remark says so. Caller frees with hostkey_free().
 * ERR_FORMAT, ERR_UNSUPPORTED (another kind of key), ERR_IO.
 */
int hostkey_load(struct hostkey **out, const char *file, const struct log *log,
		 struct error *err);

/* As hostkey_load(), for bytes; @file is only a name for messages. */
int hostkey_parse(struct hostkey **out, const void *data, size_t size,
		  const char *file, const struct log *log, struct error *err);

/* NULL is allowed. */
void hostkey_free(struct hostkey *key);

struct hostkey_report;

/* How downloads are limited. A zero field means the default. */
struct hostkey_limits {
	long connect_ms;   /* 3000 */
	long total_ms;     /* 10000 for one CRL, redirects included */
	size_t size;       /* 1 MiB */
	const char *cache; /* folder; default ${XDG_CACHE_HOME:-~/.cache}/ultraviolet/crl */
};

/* What to believe, and where to find the rest. */
struct hostkey_trust {
	/* Files with the IBM Z signing key and intermediate certificates, in any order. */
	const char *const *certificates;
	size_t certificate_count;
	/* Files with certificate revocation lists. */
	const char *const *crls;
	size_t crl_count;
	/* Trust anchor; NULL = the system's trust store (SSL_CERT_FILE, SSL_CERT_DIR). */
	const char *root_ca;
	/* Download no CRLs. */
	bool offline;

	/* --- Usually left zero. --- */

	/*
	 * A file whose first certificate is the signing key, whatever its
	 * name; NULL = it is the one among @certificates that is named so.
	 */
	const char *signing_key;
	/* Believe the signing key as it is: look at neither chain nor anchors. */
	bool no_chain;
	time_t now;                    /* judge as of then; 0 = by the clock */
	struct hostkey_limits limits;
	struct hostkey_report *report; /* receives what is seen, also on failure */
};

struct hostkey_verifier;

/*
 * Loads trust anchors, certificates and CRLs (downloading those that the
 * certificates point to, unless offline), finds the one IBM Z signing key and
 * verifies it. Caller frees with hostkey_verifier_free(). ERR_AUTH when the
 * chain does not hold, ERR_INVALID when there is no signing key or more than
 * one. @log and @trust->report have to outlive the verifier, the rest of
 * @trust need not.
 */
int hostkey_verifier_new(struct hostkey_verifier **out,
			 const struct hostkey_trust *trust,
			 const struct log *log, struct error *err);

/*
 * 0 = trustworthy. Otherwise ERR_AUTH: the message names document and failed
 * rule, the cause the particulars, the hint what to get.
 */
int hostkey_verify(struct hostkey_verifier *verifier, const struct hostkey *key,
		   struct error *err);

/*
 * True when the document says that an IBM Z signing key issued it. This is no
 * part of hostkey_verify(), which goes by the key and not by names, and only
 * remarks on an unusual name.
 */
bool hostkey_names_ibm(const struct hostkey *key);

/* NULL is allowed. */
void hostkey_verifier_free(struct hostkey_verifier *verifier);

/* --- What was seen, for people ------------------------------------------- */

enum hostkey_role {
	HOSTKEY_ROOT,
	HOSTKEY_INTERMEDIATE,
	HOSTKEY_SIGNING_KEY,
	HOSTKEY_DOCUMENT,
};

enum hostkey_verdict {
	HOSTKEY_UNDECIDED, /* an earlier failure left it unexamined */
	HOSTKEY_TRUSTED,
	HOSTKEY_REJECTED,
};

/* The rules for a document, in the order in which they are checked. */
enum hostkey_rule {
	HOSTKEY_RULE_NONE,
	HOSTKEY_RULE_STRENGTH,
	HOSTKEY_RULE_NOT_YET,
	HOSTKEY_RULE_EXPIRED,
	HOSTKEY_RULE_ISSUER,
	HOSTKEY_RULE_SIGNATURE,
	HOSTKEY_RULE_NO_LIST,
	HOSTKEY_RULE_REVOKED,
};

/* A revocation list that was consulted for a certificate. Absent dates are 0. */
struct hostkey_report_crl {
	char *issuer;       /* one line */
	char *source;       /* file, or URL */
	time_t last_update;
	time_t next_update;
	size_t revoked;     /* entries */
	bool usable;
	char problem[160];  /* why it is not usable, or empty */
};

struct hostkey_report_certificate {
	enum hostkey_role role;
	enum hostkey_verdict verdict;
	char *subject; /* one line */
	char *issuer;  /* one line */
	char *serial;  /* hexadecimal */
	char *source;  /* file; NULL = the system's trust store */
	time_t not_before;
	time_t not_after;
	uint8_t phkh[PHKH_SIZE]; /* HOSTKEY_DOCUMENT only */
	enum hostkey_rule broken; /* HOSTKEY_DOCUMENT only */
	char problem[1024];       /* why it is rejected, or empty */
	struct hostkey_report_crl *crls;
	size_t crl_count;
};

/*
 * From the root to the signing key, as far as the chain could be followed,
 * then the documents in the order of hostkey_verify(). Start with { 0 }.
 * A report serves one verifier, in one thread.
 */
struct hostkey_report {
	struct hostkey_report_certificate *certificates;
	size_t count;
};

/* Adds a document that is not going to be verified. */
void hostkey_report_document(struct hostkey_report *report,
			     const struct hostkey *key);

/* Frees the content. */
void hostkey_report_free(struct hostkey_report *report);

#endif
