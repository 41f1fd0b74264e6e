/* SPDX-License-Identifier: MIT */
/* ultraviolet: simulated machines and the guests on them. */
#include "config.h"
#include "ultraviolet/verbs.h"

int main(int argc, char **argv)
{
	/* In the order of the help. */
	const struct cli_verb verbs[] = {
		machine_create_verb,
		machine_show_verb,
		machine_list_verb,
		machine_serve_verb,
		machine_export_verb,
		machine_import_verb,
		{ .run = NULL },
	};
	const struct cli_program program = {
		.name = "ultraviolet",
		.summary = "Run the trusted-boot stack of IBM Z on simulated machines",
		.version_text = "ultraviolet version " UV_VERSION "\n",
		.verbs = verbs,
	};

	return cli_main(&program, argc, argv);
}
