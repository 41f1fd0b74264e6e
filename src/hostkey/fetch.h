/* SPDX-License-Identifier: MIT */
/*
 * Revocation lists from where certificates say they are published: from
 * memory, the cache on disk, or the network, in this order. Internal to
 * src/hostkey.
 */
#ifndef UV_HOSTKEY_FETCH_H
#define UV_HOSTKEY_FETCH_H

#include <openssl/x509.h>
#include <time.h>

#include "base/error.h"
#include "base/log.h"
#include "hostkey/hostkey.h"

struct fetcher;

/* Caller frees with fetcher_free(). Zero limits become the defaults. */
int fetcher_new(struct fetcher **out, const struct hostkey_limits *limits,
		const struct log *log, struct error *err);
void fetcher_free(struct fetcher *fetcher);

/*
 * The first list among the distribution points of @certificate that is
 * current and signed by @issuer (caller frees), with its URL at
 * *@url (caller frees). NULL when there is none, which is no error: remarks
 * say why. Every URL is asked for at most once in the fetcher's life.
 * May be called from several threads.
 */
X509_CRL *fetcher_crl(struct fetcher *fetcher, const X509 *certificate,
		      X509 *issuer, time_t now, char **url);

#endif
