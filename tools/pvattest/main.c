/* SPDX-License-Identifier: MIT */
/* pvattest: creates, performs and verifies attestation measurements. */
#include <stdio.h>

#include "pvattest/verbs.h"
#include "release.h"

static const char version_text[] = RELEASE_TEXT("pvattest");

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
		pvattest_create,
		pvattest_perform,
		pvattest_verify,
		pvattest_check,
		pvattest_policy,
		{ .name = "version", .summary = "Print the version",
		  .run = print_version, .hidden = true },
		{ .run = NULL },
	};
	const struct cli_program program = {
		.name = "pvattest",
		.summary = "Create, perform, and verify attestation measurements",
		.version_text = version_text,
		.verbs = verbs,
	};

	switch (cli_main(&program, argc, argv)) {
	case CLI_OK:
		return CLI_OK;
	case CLI_VERDICT_NO:
		return PVATTEST_NO;
	default:
		return CLI_FAILURE;
	}
}
