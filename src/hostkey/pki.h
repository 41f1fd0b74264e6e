/* SPDX-License-Identifier: MIT */
/*
 * Certificates and revocation lists as they come in files, with a note of
 * where each came from. Internal to src/hostkey.
 */
#ifndef UV_HOSTKEY_PKI_H
#define UV_HOSTKEY_PKI_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "base/error.h"
#include "base/log.h"

/* Exactly one of the two objects is set. */
struct pki_item {
	X509 *certificate;
	X509_CRL *crl;
	char *source; /* file or URL */
};

struct pki_list {
	struct pki_item *items;
	size_t count;
};

/*
 * Appends what a PEM file (any number of certificates and CRLs; other blocks
 * are passed over) or a DER file (one of either) of @size bytes holds, in its
 * order; it may be nothing. On failure the list is as before. ERR_FORMAT.
 */
int pki_parse(struct pki_list *list, const void *data, size_t size,
	      const char *source, const struct log *log, struct error *err);

/* As pki_parse() for a file of at most 16 MiB. */
int pki_read(struct pki_list *list, const char *file, const struct log *log,
	     struct error *err);

/* Appends a CRL, taking a reference of its own. */
int pki_add_crl(struct pki_list *list, X509_CRL *crl, const char *source,
		struct error *err);

/* Where an equal object came from; NULL = not from this list. */
const char *pki_certificate_source(const struct pki_list *list,
				   const X509 *certificate);
const char *pki_crl_source(const struct pki_list *list, const X509_CRL *crl);

/* Frees the content. */
void pki_list_free(struct pki_list *list);

/* A name on one line, control characters escaped; caller frees. NULL = no memory. */
char *pki_name_line(const X509_NAME *name);

/* False when @time is malformed. */
bool pki_time(time_t *out, const ASN1_TIME *time);

/* "YYYY-MM-DD hh:mm:ss UTC", or "(no date)" for malformed and absent times; returns @out. */
#define PKI_DATE_SIZE 40
char *pki_date(char out[PKI_DATE_SIZE], const ASN1_TIME *time);

/* Least strength of keys and digests, in bits: neither SHA-1 nor RSA-1024. */
#define PKI_SECURITY_BITS 112

#endif
