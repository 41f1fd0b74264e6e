/* SPDX-License-Identifier: MIT */
/* What the parts of a verifier share. Internal to src/hostkey. */
#ifndef UV_HOSTKEY_VERIFIER_H
#define UV_HOSTKEY_VERIFIER_H

#include <openssl/x509_vfy.h>

#include "hostkey/fetch.h"
#include "hostkey/hostkey.h"
#include "hostkey/pki.h"

struct hostkey_verifier {
	X509_STORE *store;         /* trust anchors and every CRL */
	struct pki_list seen;      /* all objects but the system's, with sources */
	STACK_OF(X509) *untrusted; /* borrowed from @seen */
	X509 *signing_key;         /* borrowed from @seen */
	struct fetcher *fetcher;   /* NULL = offline */
	time_t now;                /* 0 = by the clock */
	const struct log *log;
	struct hostkey_report *report; /* may be NULL */
};

static inline time_t verifier_now(const struct hostkey_verifier *verifier)
{
	return verifier->now ? verifier->now : time(NULL);
}

/*
 * Fills store, list of the untrusted and signing key from the files that
 * @trust names. A store whose chain will not be looked at gets no anchors.
 */
int trust_load(struct hostkey_verifier *verifier,
	       const struct hostkey_trust *trust, struct error *err);

/* Verifies the signing key up to an anchor, getting the lists that it takes. */
int chain_verify(struct hostkey_verifier *verifier, struct error *err);

#endif
