/* SPDX-License-Identifier: MIT */
/* pvimg: makes and inspects Secure Execution images. As genprotimg: only makes. */
#include <stdio.h>

#include "base/secret.h"
#include "pvimg/verbs.h"
#include "release.h"

static const char version_text[] = RELEASE_TEXT("pvimg");

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
		pvimg_create,
		pvimg_info,
		pvimg_test,
		pvimg_verify,
		{ .name = "version", .summary = "Print the version",
		  .run = print_version, .hidden = true },
		{ .run = NULL },
	};
	const struct cli_program program = {
		.name = "pvimg",
		.summary = "Create and inspect IBM Secure Execution images",
		.version_text = version_text,
		.verbs = verbs,
		.alias = "genprotimg",
		.alias_verb = "create",
	};

	secret_hide_process();
	return cli_main(&program, argc, argv);
}
