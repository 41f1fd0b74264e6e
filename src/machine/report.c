/* SPDX-License-Identifier: MIT */
#include "machine/report.h"

#include <errno.h>
#include <openssl/asn1.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/hex.h"
#include "hostkey/hostkey.h"

#define TIME_SIZE 32

/* --- Looking -------------------------------------------------------------- */

static int report_key(struct machine_key_report *report, EVP_PKEY *key,
		      const char *document_path, struct error *err)
{
	struct hostkey *document;
	int rc;

	if (access(document_path, F_OK) < 0 && errno == ENOENT) {
		report->state = key ? MACHINE_KEY_BARE : MACHINE_KEY_NONE;
		return key ? ec_phkh(report->phkh, key, err) : 0;
	}
	rc = hostkey_load(&document, document_path, NULL, err);
	if (rc < 0)
		return rc;
	memcpy(report->phkh, document->phkh, PHKH_SIZE);
	if (!key)
		report->state = MACHINE_KEY_REMOVED;
	else if (EVP_PKEY_eq(key, document->key) == 1)
		report->state = MACHINE_KEY_INSTALLED;
	else
		report->state = MACHINE_KEY_MISMATCH;
	hostkey_free(document);
	return 0;
}

int machine_report(struct machine_report *report, const struct machine *machine,
		   struct error *err)
{
	int rc;

	*report = (struct machine_report){ .machine = machine };
	rc = report_key(&report->host_key, machine->host_key, machine->document_path, err);
	if (rc == 0)
		rc = report_key(&report->backup_host_key, machine->backup_host_key,
				machine->backup_document_path, err);
	if (rc == 0)
		ca_open(&report->ca, machine->ca_folder, &report->ca_error);
	return rc;
}

void machine_report_clear(struct machine_report *report)
{
	ca_free(report->ca);
	*report = (struct machine_report){ 0 };
}

const char *machine_key_state_word(enum machine_key_state state)
{
	static const char *const words[] = {
		[MACHINE_KEY_NONE] = "none",
		[MACHINE_KEY_REMOVED] = "removed",
		[MACHINE_KEY_INSTALLED] = "installed",
		[MACHINE_KEY_BARE] = "without document",
		[MACHINE_KEY_MISMATCH] = "other than the document's",
	};

	return words[state];
}

/* Like 2026-11-20T23:55:17Z; a malformed time gives "?". Returns @out. */
static const char *time_text(char out[TIME_SIZE], const ASN1_TIME *time)
{
	struct tm tm;

	if (!time || ASN1_TIME_to_tm(time, &tm) != 1 ||
	    strftime(out, TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		snprintf(out, TIME_SIZE, "?");
	return out;
}

static bool valid_now(const ASN1_TIME *first, const ASN1_TIME *last)
{
	/* 0 stands for a malformed time. */
	return first && last && X509_cmp_current_time(first) < 0 &&
	       X509_cmp_current_time(last) > 0;
}

/* --- Text ----------------------------------------------------------------- */

static void print_key(struct text *out, const char *label,
		      const struct machine_key_report *key, const char *document)
{
	char digits[2 * PHKH_SIZE + 1];

	text_addf(out, "%-16s %s\n", label, machine_key_state_word(key->state));
	if (key->state == MACHINE_KEY_NONE)
		return;
	text_addf(out, "  PHKH:          %s\n",
		  hex_encode(digits, key->phkh, PHKH_SIZE));
	if (key->state != MACHINE_KEY_BARE)
		text_addf(out, "  Document:      %s\n", document);
}

static void print_period(struct text *out, const char *name, const ASN1_TIME *first,
			 const ASN1_TIME *last)
{
	char from[TIME_SIZE], to[TIME_SIZE];

	text_addf(out, "  %-26s %s to %s%s\n", name, time_text(from, first),
		  time_text(to, last),
		  valid_now(first, last) ? "" : "  (not valid now)");
}

static void print_ca(struct text *out, const struct machine_report *report)
{
	const struct ca *ca = report->ca;

	text_addf(out, "CA:              %s\n", report->machine->ca_folder);
	if (!ca) {
		text_addf(out, "  unusable:      %s\n", report->ca_error.message);
		return;
	}
	text_addf(out, "  Can sign:      %s\n", ca_can_sign(ca) ? "yes" : "no, its keys are not here");
	text_addf(out, "  CRLs at:       %s\n", ca->crl_url);
	for (int link = 0; link < CA_LINKS; link++)
		print_period(out, ca_files[link].certificate,
			     X509_get0_notBefore(ca->certificates[link]),
			     X509_get0_notAfter(ca->certificates[link]));
	for (int link = 0; link < CA_LINKS; link++)
		print_period(out, ca_files[link].crl,
			     X509_CRL_get0_lastUpdate(ca->crls[link]),
			     X509_CRL_get0_nextUpdate(ca->crls[link]));
}

void machine_report_print(struct text *out, const struct machine_report *report)
{
	const struct machine *m = report->machine;
	const struct machine_identity *id = &m->identity;

	text_addf(out, "Machine:         %s (simulated)\n", m->folder);
	text_addf(out, "Generation:      %s\n", id->generation->name);
	text_addf(out, "Type:            %04x (CPU model %s)\n", id->type,
		  generation_cpu_model(id->type));
	text_addf(out, "Serial number:   %s\n", id->serial);
	text_addf(out, "Created:         %s\n", id->created);
	print_key(out, "Host key:", &report->host_key, m->document_path);
	print_key(out, "Backup host key:", &report->backup_host_key,
		  m->backup_document_path);
	print_ca(out, report);
}

/* --- JSON ----------------------------------------------------------------- */

static void json_key(struct json *json, const char *name,
		     const struct machine_key_report *key, const char *document)
{
	json_object_begin(json, name);
	json_text(json, "state", machine_key_state_word(key->state));
	json_bool(json, "installed",
		  key->state != MACHINE_KEY_NONE && key->state != MACHINE_KEY_REMOVED);
	if (key->state != MACHINE_KEY_NONE)
		json_hex(json, "phkh", key->phkh, PHKH_SIZE);
	if (key->state != MACHINE_KEY_NONE && key->state != MACHINE_KEY_BARE)
		json_text(json, "document", document);
	json_object_end(json);
}

static void json_period(struct json *json, const char *file, const char *first_name,
			const ASN1_TIME *first, const char *last_name,
			const ASN1_TIME *last)
{
	char from[TIME_SIZE], to[TIME_SIZE];

	json_object_begin(json, NULL);
	json_text(json, "file", file);
	json_text(json, first_name, time_text(from, first));
	json_text(json, last_name, time_text(to, last));
	json_bool(json, "valid", valid_now(first, last));
	json_object_end(json);
}

static void json_ca(struct json *json, const struct machine_report *report)
{
	const struct ca *ca = report->ca;

	json_object_begin(json, "ca");
	json_text(json, "folder", report->machine->ca_folder);
	if (!ca) {
		json_text(json, "problem", report->ca_error.message);
		json_object_end(json);
		return;
	}
	json_bool(json, "can_sign", ca_can_sign(ca));
	json_text(json, "crl_url", ca->crl_url);
	json_array_begin(json, "certificates");
	for (int link = 0; link < CA_LINKS; link++)
		json_period(json, ca_files[link].certificate, "not_before",
			    X509_get0_notBefore(ca->certificates[link]), "not_after",
			    X509_get0_notAfter(ca->certificates[link]));
	json_array_end(json);
	json_array_begin(json, "crls");
	for (int link = 0; link < CA_LINKS; link++)
		json_period(json, ca_files[link].crl, "last_update",
			    X509_CRL_get0_lastUpdate(ca->crls[link]), "next_update",
			    X509_CRL_get0_nextUpdate(ca->crls[link]));
	json_array_end(json);
	json_object_end(json);
}

void machine_report_json(struct json *json, const char *name,
			 const struct machine_report *report)
{
	const struct machine *m = report->machine;
	const struct machine_identity *id = &m->identity;
	char type[8];

	snprintf(type, sizeof(type), "%04x", id->type);
	json_object_begin(json, name);
	json_text(json, "folder", m->folder);
	json_bool(json, "simulated", true);
	json_text(json, "generation", id->generation->name);
	json_text(json, "type", type);
	json_text(json, "cpu_model", generation_cpu_model(id->type));
	json_text(json, "serial", id->serial);
	json_text(json, "created", id->created);
	json_key(json, "host_key", &report->host_key, m->document_path);
	json_key(json, "backup_host_key", &report->backup_host_key,
		 m->backup_document_path);
	json_ca(json, report);
	json_object_end(json);
}
