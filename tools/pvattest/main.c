/* SPDX-License-Identifier: MIT */
/* pvattest: creates, performs and verifies attestation measurements. */
#include "pvattest/verbs.h"
#include "release.h"

int main(int argc, char **argv)
{
	const struct cli_verb verbs[] = {
		pvattest_create,
		pvattest_perform,
		pvattest_verify,
		pvattest_check,
		pvattest_policy,
		CLI_VERSION_VERB,
		{ .run = NULL },
	};
	const struct cli_program program = {
		.name = "pvattest",
		.summary = "Create, perform, and verify attestation measurements",
		.version_text = RELEASE_TEXT("pvattest"),
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
