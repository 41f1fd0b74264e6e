/* SPDX-License-Identifier: MIT */
/*
 * check_hostkeydoc: the command line of the script that used to check host key
 * documents with the openssl command, with the rules of pvverify behind it.
 */
#include <stdio.h>
#include <string.h>

#include "release.h"
#include "verify.h"

struct settings {
	bool any_issuer;
	const char *ca;
	const char *crl;
	const char *document;
	const char *signing_key;
};
#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	{ .name = "any-issuer", .letter = 'd', .kind = CLI_FLAG, .offset = AT(any_issuer),
	  .help = "Accept a signing key of any name. Without this option the "
		  "names of the signing key and of the document's issuer have "
		  "to be those of an IBM Z signing key." },
	{ .name = "ca", .letter = 'c', .kind = CLI_TEXT, .offset = AT(ca),
	  .value = "FILE",
	  .help = "Verify the signing key with the CA certificates in FILE, up "
		  "to a root in the system's trust store. Without this option "
		  "the signing key is believed as it is.",
	  .flags = CLI_FILE },
	{ .name = "crl", .letter = 'r', .kind = CLI_TEXT, .offset = AT(crl),
	  .value = "FILE",
	  .help = "Use the revocation lists in FILE besides those that the "
		  "certificates point to.",
	  .flags = CLI_FILE },
	{ 0 },
};

static const struct cli_operand operands[] = {
	{ "HKD", CLI_TEXT, AT(document), "The host key document to check.",
	  CLI_REQUIRED | CLI_FILE },
	{ "SIGNKEY", CLI_TEXT, AT(signing_key), "The certificate of the signing key.",
	  CLI_REQUIRED | CLI_FILE },
	{ 0 },
};

static int accept_ibm_issuer(const struct hostkey *key, struct error *err)
{
	if (hostkey_names_ibm(key))
		return 0;
	error_set(err, ERR_AUTH,
		  "'%s': Incorrect default issuer: it is not named like an IBM Z "
		  "signing key", key->file);
	return error_hint(err, ERR_AUTH, "If this is intended, give the option -d");
}

/* What the script said of these verdicts, for whoever looks for it. */
static void print_old_words(const struct hostkey_report *report)
{
	const struct hostkey_report_certificate *last;

	if (report->count == 0)
		return;
	last = &report->certificates[report->count - 1];
	if (last->broken == HOSTKEY_RULE_NOT_YET || last->broken == HOSTKEY_RULE_EXPIRED)
		fputs("Certificate date verification failed\n", stderr);
	if (last->broken == HOSTKEY_RULE_REVOKED)
		fputs("Certificate is revoked, do not use it anymore!\n", stderr);
}

static int run(const void *context, struct cli *cli)
{
	const struct settings *settings = context;
	const char *certificates[2];
	struct hostkey_trust trust = {
		.certificates = certificates,
		.crls = &settings->crl,
		.crl_count = settings->crl ? 1 : 0,
		.no_chain = !settings->ca,
	};
	struct hostkey_report report = { 0 };
	int code;

	if (settings->ca)
		certificates[trust.certificate_count++] = settings->ca;
	else
		log_warn(cli_log(cli), "No CA certificate specified: the signing key "
				       "in '%s' is believed as it is",
			 settings->signing_key);
	if (settings->any_issuer)
		trust.signing_key = settings->signing_key;
	else
		certificates[trust.certificate_count++] = settings->signing_key;
	code = verify_files(cli, &settings->document, 1, &trust, &report,
			    settings->any_issuer ? NULL : accept_ibm_issuer);
	print_old_words(&report);
	hostkey_report_free(&report);
	if (code == CLI_OK)
		printf("All checks requested for '%s' were successful\n",
		       settings->document);
	return code;
}

static const struct cli_verb verbs[] = {
	{ .summary = "Check a host key document against a signing key",
	  .options = options, .operands = operands,
	  .settings_size = sizeof(struct settings), .run = run },
	{ 0 },
};

const struct cli_program check_program = {
	.name = "check_hostkeydoc",
	.summary = "Check a host key document against a signing key",
	.version_text = RELEASE_TEXT("check_hostkeydoc"),
	.verbs = verbs,
};
