/* SPDX-License-Identifier: MIT */
/* Filling a struct hostkey_report. Internal to src/hostkey. */
#ifndef UV_HOSTKEY_REPORT_H
#define UV_HOSTKEY_REPORT_H

#include "hostkey/hostkey.h"

/*
 * Appends a certificate, undecided. The result is good until the next call;
 * NULL when @report is NULL or memory is short. @source may be NULL.
 */
struct hostkey_report_certificate *
report_add(struct hostkey_report *report, enum hostkey_role role,
	   const X509 *certificate, const char *source);

/* The same for a document, with its PHKH. */
struct hostkey_report_certificate *
report_add_document(struct hostkey_report *report, const struct hostkey *key);

/* Appends a CRL to an entry (which may be NULL); @problem NULL = it is usable. */
void report_add_crl(struct hostkey_report_certificate *entry, X509_CRL *crl,
		    const char *source, const char *problem);

#endif
