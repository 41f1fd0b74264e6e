/* SPDX-License-Identifier: MIT */
/*
 * By its subject a certificate is known as an IBM Z signing key: see
 * docs/reference/host-key-documents.md, "The signing key". Internal to
 * src/hostkey.
 */
#ifndef UV_HOSTKEY_SIGNING_KEY_H
#define UV_HOSTKEY_SIGNING_KEY_H

#include <openssl/x509.h>
#include <stdbool.h>

#define SIGNING_KEY_ENTRIES 6
#define SIGNING_KEY_POUGHKEEPSIE "Poughkeepsie"
#define SIGNING_KEY_ARMONK "Armonk"

/* NULL when @name is that of a signing key, else the rule it breaks. */
const char *signing_key_mismatch(const X509_NAME *name);

/* True when two signing key names differ in order and locality at most. */
bool signing_key_names_agree(const X509_NAME *a, const X509_NAME *b);

/* At most this many names does signing_key_crl_names() give. */
#define SIGNING_KEY_CRL_NAMES 4

/*
 * The issuer names under which the CRL of host keys may be filed, given the
 * signing key's subject: itself, with locality Poughkeepsie instead of Armonk,
 * and both in the order C, O, OU, L, ST, CN; each once. Fills *@names with
 * *@count names that the caller frees with X509_NAME_free(). False when memory is short.
 */
bool signing_key_crl_names(X509_NAME *names[SIGNING_KEY_CRL_NAMES],
			   size_t *count, const X509_NAME *subject);

#endif
