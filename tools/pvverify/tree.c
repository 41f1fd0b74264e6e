/* SPDX-License-Identifier: MIT */
#include "tree.h"

#include <time.h>

#include "base/hex.h"

#define DATE_SIZE 32
#define INDENT 3

static const char *date_text(char out[DATE_SIZE], time_t date)
{
	struct tm tm;

	if (date == 0 || !gmtime_r(&date, &tm) ||
	    strftime(out, DATE_SIZE, "%Y-%m-%d", &tm) == 0)
		return "(none)";
	return out;
}

static const char *role_text(enum hostkey_role role)
{
	switch (role) {
	case HOSTKEY_ROOT:
		return "Root CA";
	case HOSTKEY_INTERMEDIATE:
		return "Intermediate CA";
	case HOSTKEY_SIGNING_KEY:
		return "IBM Z signing key";
	case HOSTKEY_DOCUMENT:
		break;
	}
	return "Host-key document";
}

static const char *verdict_text(enum hostkey_verdict verdict)
{
	switch (verdict) {
	case HOSTKEY_TRUSTED:
		return "yes";
	case HOSTKEY_REJECTED:
		return "NO";
	case HOSTKEY_UNDECIDED:
		break;
	}
	return "not verified";
}

static void add_crl(struct text *out, int indent, const struct hostkey_report_crl *crl)
{
	char from[DATE_SIZE], until[DATE_SIZE];

	text_addf(out, "%*sCRL      %s: %s to %s, %zu revoked%s%s\n", indent, "",
		  crl->source, date_text(from, crl->last_update),
		  date_text(until, crl->next_update), crl->revoked,
		  crl->usable ? "" : "; not usable: ", crl->problem);
}

static void add_certificate(struct text *out, int depth,
			    const struct hostkey_report_certificate *entry)
{
	char from[DATE_SIZE], until[DATE_SIZE], phkh[2 * PHKH_SIZE + 1];
	int indent = depth * INDENT;

	if (depth > 0)
		text_addf(out, "%*s+- ", indent - INDENT, "");
	text_addf(out, "%s: %s\n", role_text(entry->role),
		  entry->source ? entry->source : "(system's trust store)");
	text_addf(out, "%*ssubject  %s\n", indent, "", entry->subject);
	text_addf(out, "%*sserial   %s\n", indent, "", entry->serial);
	text_addf(out, "%*svalid    %s to %s\n", indent, "",
		  date_text(from, entry->not_before),
		  date_text(until, entry->not_after));
	if (entry->role == HOSTKEY_DOCUMENT)
		text_addf(out, "%*sPHKH     %s\n", indent, "",
			  hex_encode(phkh, entry->phkh, sizeof(entry->phkh)));
	for (size_t i = 0; i < entry->crl_count; i++)
		add_crl(out, indent, &entry->crls[i]);
	text_addf(out, "%*strusted  %s%s%s\n", indent, "",
		  verdict_text(entry->verdict), entry->problem[0] ? ": " : "",
		  entry->problem);
}

void tree_add(struct text *out, const struct hostkey_report *report)
{
	int chain = 0;

	for (size_t i = 0; i < report->count; i++) {
		const struct hostkey_report_certificate *entry = &report->certificates[i];

		/* All documents hang on the signing key, which ends the chain. */
		add_certificate(out, chain, entry);
		if (entry->role != HOSTKEY_DOCUMENT)
			chain++;
	}
}
