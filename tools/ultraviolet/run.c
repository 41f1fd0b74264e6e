/* SPDX-License-Identifier: MIT */
/* ultraviolet run: starts a guest; also as a program with QEMU's options alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/run.h"
#include "ultraviolet/run_options.h"
#include "ultraviolet/verbs.h"

struct settings {
	const char *name, *machine, *crash_dump;
	const char *secure_ipl;
	const char *domain;
	bool normal, trace, dry_run;
	struct cli_list attached, options;
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
	{ .name = "domain", .kind = CLI_TEXT, .offset = AT(domain), .value = "FILE",
	  .help = "Start the guest that the domain XML FILE describes, as libvirt "
		  "would. QEMU-OPTIONs come on top.",
	  .flags = CLI_FILE },
	{ .name = "attach", .kind = CLI_REPEAT, .offset = AT(attached), .value = "FILE",
	  .help = "Add the device that the XML FILE describes to the domain.",
	  .needs = "domain", .flags = CLI_FILE },
	{ .name = "dry-run", .kind = CLI_FLAG, .offset = AT(dry_run),
	  .help = "Start nothing: print the QEMU-OPTIONs, those of the domain first, "
		  "one a line and quoted for a shell." },
	{ .name = "normal", .kind = CLI_FLAG, .offset = AT(normal),
	  .help = "Start a guest that cannot become protected, with any of QEMU's "
		  "options." },
	{ .name = "secure-ipl", .kind = CLI_TEXT, .offset = AT(secure_ipl),
	  .value = "WHOSE",
	  .help = "Whose Secure IPL serves -machine secure-boot and boot-certs: "
		  "'ultraviolet' for the one of this program (the default), 'qemu' for "
		  "QEMU's own, from version 11.2 on.",
	  .choices = "ultraviolet qemu" },
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
		  "virtualization on a real host (-object s390-pv-guest and -machine "
		  "confidential-guest-support) and to Secure IPL (-machine secure-boot and "
		  "boot-certs.N.path, -cpu cstore, sipl and sclaf)." },
	{ .name = NULL },
};

/* Returns only when QEMU could not be started. */
static int start(const struct settings *settings, const struct string_list *argv,
		 struct cli *cli, struct error *err)
{
	const struct run_request request = {
		.machine = settings->machine ? settings->machine :
					       getenv("ULTRAVIOLET_MACHINE"),
		.name = settings->name,
		.normal = settings->normal,
		.trace = settings->trace,
		.crash_dump = settings->crash_dump,
		.qemu_secure_ipl = settings->secure_ipl &&
				   strcmp(settings->secure_ipl, "qemu") == 0,
		.argc = (int)argv->count,
		.argv = argv->items,
	};

	return run_guest(&request, cli_log(cli), err);
}

static int run(const void *data, struct cli *cli)
{
	const struct settings *settings = data;
	struct string_list argv = { 0 };
	struct error err = { 0 };
	int rc = run_options_collect(&argv, settings->domain, &settings->attached,
				     &settings->options, cli_log(cli), &err);

	if (!rc && settings->dry_run)
		run_options_print(&argv);
	else if (!rc)
		rc = start(settings, &argv, cli, &err);
	string_list_free(&argv);
	return rc ? cli_fail(cli, &err) : CLI_OK;
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
