/* SPDX-License-Identifier: MIT */
#include "hostkey/report.h"

#include <openssl/bn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hostkey/crl.h"
#include "hostkey/pki.h"

static char *serial_text(const X509 *certificate)
{
	BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), NULL);
	char *hex = number ? BN_bn2hex(number) : NULL;
	char *text = hex ? strdup(hex) : NULL;

	OPENSSL_free(hex);
	BN_free(number);
	return text;
}

static void free_certificate(struct hostkey_report_certificate *entry)
{
	for (size_t i = 0; i < entry->crl_count; i++) {
		free(entry->crls[i].issuer);
		free(entry->crls[i].source);
	}
	free(entry->crls);
	free(entry->subject);
	free(entry->issuer);
	free(entry->serial);
	free(entry->source);
}

void hostkey_report_free(struct hostkey_report *report)
{
	for (size_t i = 0; i < report->count; i++)
		free_certificate(&report->certificates[i]);
	free(report->certificates);
	*report = (struct hostkey_report){ 0 };
}

struct hostkey_report_certificate *
report_add(struct hostkey_report *report, enum hostkey_role role,
	   const X509 *certificate, const char *source)
{
	struct hostkey_report_certificate entry = { .role = role };
	struct hostkey_report_certificate *grown = NULL;

	if (!report)
		return NULL;
	entry.subject = pki_name_line(X509_get_subject_name(certificate));
	entry.issuer = pki_name_line(X509_get_issuer_name(certificate));
	entry.serial = serial_text(certificate);
	entry.source = source ? strdup(source) : NULL;
	pki_time(&entry.not_before, X509_get0_notBefore(certificate));
	pki_time(&entry.not_after, X509_get0_notAfter(certificate));
	if (entry.subject && entry.issuer && entry.serial && !entry.source == !source)
		grown = reallocarray(report->certificates, report->count + 1,
				     sizeof(entry));
	if (!grown) {
		free_certificate(&entry);
		return NULL;
	}
	report->certificates = grown;
	grown[report->count] = entry;
	return &grown[report->count++];
}

void hostkey_report_document(struct hostkey_report *report,
			     const struct hostkey *key)
{
	report_add_document(report, key);
}

struct hostkey_report_certificate *
report_add_document(struct hostkey_report *report, const struct hostkey *key)
{
	struct hostkey_report_certificate *entry =
		report_add(report, HOSTKEY_DOCUMENT, key->certificate, key->file);

	if (entry)
		memcpy(entry->phkh, key->phkh, sizeof(entry->phkh));
	return entry;
}

void report_add_crl(struct hostkey_report_certificate *entry, X509_CRL *crl,
		    const char *source, const char *problem)
{
	struct hostkey_report_crl row = { .usable = !problem };
	struct hostkey_report_crl *grown = NULL;

	if (!entry)
		return;
	row.issuer = pki_name_line(X509_CRL_get_issuer(crl));
	row.source = strdup(source ? source : "the system's trust store");
	row.revoked = crl_size(crl);
	pki_time(&row.last_update, X509_CRL_get0_lastUpdate(crl));
	pki_time(&row.next_update, X509_CRL_get0_nextUpdate(crl));
	snprintf(row.problem, sizeof(row.problem), "%s", problem ? problem : "");
	if (row.issuer && row.source)
		grown = reallocarray(entry->crls, entry->crl_count + 1, sizeof(row));
	if (!grown) {
		free(row.issuer);
		free(row.source);
		return;
	}
	entry->crls = grown;
	grown[entry->crl_count++] = row;
}
