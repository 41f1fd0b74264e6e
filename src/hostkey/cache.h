/* SPDX-License-Identifier: MIT */
/*
 * Downloaded revocation lists on disk, one file per URL, named by the SHA-256
 * of the URL. What comes out is as untrusted as what comes from the network.
 * Internal to src/hostkey.
 */
#ifndef UV_HOSTKEY_CACHE_H
#define UV_HOSTKEY_CACHE_H

#include <openssl/x509.h>

#include "base/log.h"

/*
 * The default folder; caller frees. NULL when neither XDG_CACHE_HOME nor HOME
 * names an absolute path: then there is no cache.
 */
char *cache_default_folder(void);

/* The list kept for @url, or NULL; caller frees. @folder may be NULL. */
X509_CRL *cache_load(const char *folder, const char *url);

/* Keeps a list; failures only leave a remark. @folder may be NULL. */
void cache_store(const char *folder, const char *url, X509_CRL *crl,
		 const struct log *log);

#endif
