/* SPDX-License-Identifier: MIT */
/* pvimg: makes and inspects Secure Execution images. As genprotimg: only makes. */
#include "base/secret.h"
#include "pvimg/verbs.h"
#include "release.h"

int main(int argc, char **argv)
{
	const struct cli_verb verbs[] = {
		pvimg_create,
		pvimg_info,
		pvimg_test,
		pvimg_verify,
		CLI_VERSION_VERB,
		{ .run = NULL },
	};
	const struct cli_program program = {
		.name = "pvimg",
		.summary = "Create and inspect IBM Secure Execution images",
		.version_text = RELEASE_TEXT("pvimg"),
		.verbs = verbs,
		.alias = "genprotimg",
		.alias_verb = "create",
	};

	secret_hide_process();
	return cli_main(&program, argc, argv);
}
