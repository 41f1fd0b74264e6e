/* SPDX-License-Identifier: MIT */
/*
 * When a revocation list may be relied upon, and where a certificate says that
 * its list is published. Internal to src/hostkey.
 */
#ifndef UV_HOSTKEY_CRL_H
#define UV_HOSTKEY_CRL_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/*
 * NULL when @crl is a complete, current list signed by the key of @issuer;
 * else why it is not. Issuer names are not compared. See
 * docs/reference/host-key-documents.md, "The revocation list of host keys".
 */
const char *crl_problem(const X509_CRL *crl, X509 *issuer, time_t now);

/* Number of entries. */
size_t crl_size(X509_CRL *crl);

/*
 * True when the list names the serial number of @certificate. Unlike
 * OpenSSL's look-up by certificate this ignores the issuer's name, which
 * for host keys need not be the name of the list's issuer.
 */
bool crl_lists(X509_CRL *crl, const X509 *certificate);

/* The most URLs of one certificate that are looked at. */
#define CRL_MAX_URLS 8

/*
 * The URLs (printable ASCII only) of the CRL distribution points of a
 * certificate, in order. Fills *@urls with strings to free; returns how many.
 */
size_t crl_urls(char *urls[CRL_MAX_URLS], const X509 *certificate);

#endif
