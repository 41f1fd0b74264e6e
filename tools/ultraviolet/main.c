/* SPDX-License-Identifier: MIT */
/* ultraviolet: simulated machines and the guests on them. */
#include <string.h>

#include "base/secret.h"
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
		run_verb,
		domcapabilities_verb,
		list_verb,
		status_verb,
		shared_pages_verb,
		trace_verb,
		dump_verb,
		report_verb,
		explain_verb,
		{ .run = NULL },
	};
	const struct cli_program program = {
		.name = "ultraviolet",
		.summary = "Run the trusted-boot stack of IBM Z on simulated machines",
		.version_text = "ultraviolet version " UV_VERSION "\n",
		.verbs = verbs,
	};

	secret_hide_process();
	if (argc > 0 && strcmp(basename(argv[0]), QEMU_NAME) == 0)
		return run_as_qemu(argc - 1, argv + 1);
	return cli_main(&program, argc, argv);
}
