/* SPDX-License-Identifier: MIT */
/* pvsecret: secrets for protected guests. */
#include "pvsecret/verbs.h"
#include "release.h"

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
		CLI_VERSION_VERB,
		{ .run = NULL },
	};
	const struct cli_program program = {
		.name = "pvsecret",
		.summary = "Make, add and list secrets of IBM Secure Execution guests",
		.version_text = RELEASE_TEXT("pvsecret"),
		.verbs = verbs,
	};
	int code = cli_main(&program, argc, argv);

	/* Scripts know 1 for every failure. */
	return code == CLI_USAGE ? CLI_FAILURE : code;
}
