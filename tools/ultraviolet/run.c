/* SPDX-License-Identifier: MIT */
/* ultraviolet run: starts a guest; also as a program with QEMU's options alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/run.h"
#include "ultraviolet/verbs.h"

struct settings {
	const char *name, *machine, *crash_dump;
	bool normal, trace;
	struct cli_list options;
};

#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	{ .name = "machine", .letter = 'm', .kind = CLI_TEXT, .offset = AT(machine),
	  .value = "MACHINE",
	  .help = "The machine to start the guest on: its folder or its name. The "
		  "default is what ULTRAVIOLET_MACHINE says.",
	  .flags = CLI_FOLDER },
	{ .name = "name", .letter = 'n', .kind = CLI_TEXT, .offset = AT(name),
	  .value = "NAME",
	  .help = "Call the guest NAME in 'list', 'status' and the like. The default "
		  "is what QEMU's -name says, else a name is made up." },
	{ .name = "normal", .kind = CLI_FLAG, .offset = AT(normal),
	  .help = "Start a guest that cannot become protected, with any of QEMU's "
		  "options." },
	{ .name = "dump-on-crash", .kind = CLI_TEXT, .offset = AT(crash_dump),
	  .value = "FILE",
	  .help = "If the guest crashes, write its dump to FILE, as 'dump' does, and "
		  "end it then; with QEMU's -action panic=pause it stays, paused.",
	  .conflicts = "normal", .flags = CLI_FILE },
	{ .name = "trace", .kind = CLI_FLAG, .offset = AT(trace),
	  .help = "Print every ultravisor call on standard error." },
	{ .name = NULL },
};

static const struct cli_operand operands[] = {
	{ .name = "QEMU-OPTION", .kind = CLI_REPEAT, .offset = AT(options),
	  .help = "Passed to QEMU, but for those that belong to protected "
		  "virtualization on a real host: -object s390-pv-guest and -machine "
		  "confidential-guest-support." },
	{ .name = NULL },
};

static int run(const void *data, struct cli *cli)
{
	const struct settings *settings = data;
	struct run_request request = {
		.machine = settings->machine ? settings->machine :
					       getenv("ULTRAVIOLET_MACHINE"),
		.name = settings->name,
		.normal = settings->normal,
		.trace = settings->trace,
		.crash_dump = settings->crash_dump,
		.argc = (int)settings->options.count,
		.argv = (char *const *)settings->options.items,
	};
	struct error err = { 0 };

	run_guest(&request, cli_log(cli), &err);
	return cli_fail(cli, &err);
}

const struct cli_verb run_verb = {
	.name = "run",
	.summary = "Start a guest on a machine, with QEMU's options",
	.options = options,
	.operands = operands,
	.settings_size = sizeof(struct settings),
	.run = run,
	.operands_after_dashes = true,
};

/* --- As a QEMU binary --------------------------------------------------------- */

static void print_remark(void *context, enum log_level level, const char *text)
{
	(void)context;
	if (level <= LOG_WARN)
		fprintf(stderr, QEMU_NAME ": %s: %s\n",
			level == LOG_ERROR ? "error" : "warning", text);
}

int run_as_qemu(int argc, char **argv)
{
	const struct log log = { .emit = print_remark };
	const struct run_request request = {
		.machine = getenv("ULTRAVIOLET_MACHINE"), .argc = argc, .argv = argv,
	};
	struct error err = { 0 };

	run_guest(&request, &log, &err);
	fprintf(stderr, QEMU_NAME ": error: %s%s%s\n", err.message,
		err.cause[0] ? ": " : "", err.cause);
	if (err.hint[0])
		fprintf(stderr, QEMU_NAME ": hint: %s\n", err.hint);
	return CLI_FAILURE;
}
