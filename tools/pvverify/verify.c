/* SPDX-License-Identifier: MIT */
#include "verify.h"

#include <stdio.h>

#include "tree.h"

typedef int (*accept_function)(const struct hostkey *key, struct error *err);

static int verify_file(struct hostkey_verifier *verifier, const char *file,
		       struct hostkey_report *report, accept_function accept,
		       struct cli *cli, struct error *err)
{
	struct hostkey *key;
	int rc = hostkey_load(&key, file, cli_log(cli), err);

	if (rc < 0)
		return rc;
	if (accept)
		rc = accept(key, err);
	if (rc == 0 && verifier)
		rc = hostkey_verify(verifier, key, err);
	else
		hostkey_report_document(report, key);
	hostkey_free(key);
	return rc;
}

static void print_tree(const struct hostkey_report *report)
{
	struct text out = { 0 };

	tree_add(&out, report);
	fputs(text_chars(&out), stdout);
	fflush(stdout); /* before the errors, where both go to one place */
	text_free(&out);
}

int verify_files(struct cli *cli, const char *const *files, size_t count,
		 const struct hostkey_trust *trust, struct hostkey_report *report,
		 accept_function accept)
{
	struct hostkey_trust reporting = *trust;
	struct hostkey_verifier *verifier;
	struct error err = { 0 };
	int code = CLI_OK;

	reporting.report = report;
	if (hostkey_verifier_new(&verifier, &reporting, cli_log(cli), &err) < 0)
		code = cli_fail(cli, &err);
	for (size_t i = 0; i < count; i++) {
		if (verify_file(verifier, files[i], report, accept, cli, &err) < 0)
			code = cli_fail(cli, &err);
	}
	hostkey_verifier_free(verifier);
	print_tree(report);
	return code;
}
