/* SPDX-License-Identifier: MIT */
/* pvsecret: secrets for protected guests. */
#include <stdio.h>

#include "pvsecret/verbs.h"
#include "release.h"

static const char version_text[] = RELEASE_TEXT("pvsecret");

static int print_version(const void *settings, struct cli *cli)
{
	(void)settings;
	(void)cli;
	fputs(version_text, stdout);
	return CLI_OK;
}

int main(int argc, char **argv)
{
	const struct cli_verb verbs[] = {
		pvsecret_create,
		pvsecret_add,
		pvsecret_list,
		pvsecret_lock,
		pvsecret_verify,
		pvsecret_retrieve,
		pvsecret_retr,
		{ .name = "version", .summary = "Print the version",
		  .run = print_version, .hidden = true },
		{ .run = NULL },
	};
	const struct cli_program program = {
		.name = "pvsecret",
		.summary = "Make, add and list secrets of IBM Secure Execution guests",
		.version_text = version_text,
		.verbs = verbs,
	};
	int code = cli_main(&program, argc, argv);

	/* Scripts know 1 for every failure. */
	return code == CLI_USAGE ? CLI_FAILURE : code;
}
