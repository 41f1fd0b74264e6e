/* SPDX-License-Identifier: MIT */
/* pvverify: verify host key documents, and show why they are to be believed. */
#include <stdio.h>
#include <string.h>

#include "hostkey_options.h"
#include "release.h"
#include "tree.h"
#include "verify.h"

struct settings {
	struct hostkey_settings hostkey;
};

static const struct cli_option options[] = {
	HOSTKEY_OPTIONS(struct settings, hostkey),
	{ 0 },
};

/* --no-verify: only whether the documents can be used at all. */
static int run_unverified(const struct hostkey_settings *settings, struct cli *cli)
{
	struct hostkey_report report = { 0 };
	struct text out = { 0 };
	struct hostkey **keys;
	struct error err = { 0 };
	size_t count;

	if (hostkey_load_all(&keys, &count, settings, cli_log(cli), &err) < 0)
		return cli_fail(cli, &err);
	for (size_t i = 0; i < count; i++)
		hostkey_report_document(&report, keys[i]);
	tree_add(&out, &report);
	fputs(text_chars(&out), stdout);
	puts("Host-key documents read; none was verified.");
	text_free(&out);
	hostkey_report_free(&report);
	hostkey_free_all(keys, count);
	return CLI_OK;
}

static int run(const void *context, struct cli *cli)
{
	const struct hostkey_settings *settings =
		&((const struct settings *)context)->hostkey;
	struct hostkey_trust trust = hostkey_settings_trust(settings);
	struct hostkey_report report = { 0 };
	int code;

	if (settings->no_verify)
		return run_unverified(settings, cli);
	code = verify_files(cli, settings->keys.items, settings->keys.count, &trust,
			    &report, NULL);
	hostkey_report_free(&report);
	if (code == CLI_OK)
		puts("Host-key documents verified.");
	return code;
}

static const struct cli_verb verbs[] = {
	{ .summary = "Verify host key documents",
	  .options = options, .exactly_one = HOSTKEY_EXACTLY_ONE,
	  .settings_size = sizeof(struct settings), .run = run },
	{ 0 },
};

static const struct cli_program program = {
	.name = "pvverify",
	.summary = "Verify host key documents",
	.version_text = RELEASE_TEXT("pvverify"),
	.verbs = verbs,
	.always_verbose = true,
};

static bool called(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	return strcmp(slash ? slash + 1 : path, name) == 0;
}

int main(int argc, char **argv)
{
	int code;

	if (argc < 1 || !called(argv[0], check_program.name))
		return cli_main(&program, argc, argv);
	/* The script knew only one code for all that can go wrong. */
	code = cli_main(&check_program, argc, argv);
	return code == CLI_OK ? CLI_OK : CLI_FAILURE;
}
