/* SPDX-License-Identifier: MIT */
/* zgetdump: dumps of s390x machines and of protected guests, for their owner. */
#include "base/secret.h"
#include "dump/mount.h"
#include "release.h"
#include "zgetdump.h"

#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	{ .name = "info", .letter = 'i', .kind = CLI_FLAG, .offset = AT(info),
	  .help = "Print what the dump is about, on standard error.",
	  .conflicts = "mount umount device verify fmt overwrite" },
	{ .name = "mount", .letter = 'm', .kind = CLI_FLAG, .offset = AT(mount),
	  .help = "Mount the dump at the folder OUTPUT, where it appears as the file dump.elf "
		  "(or dump.s390). Pages are decrypted when they are read.",
	  .conflicts = "umount device verify overwrite" },
	{ .name = "umount", .letter = 'u', .kind = CLI_FLAG, .offset = AT(unmount),
	  .help = "Unmount the folder given instead of DUMP.",
	  .conflicts = "device verify key fmt select overwrite" },
	{ .name = "verify", .kind = CLI_FLAG, .offset = AT(verify),
	  .help = "Read all of the dump, write nothing, and tell whether and where it is "
		  "damaged. Exit status 3 if it is.",
	  .conflicts = "device fmt overwrite" },
	{ .name = "device", .letter = 'd', .kind = CLI_FLAG, .offset = AT(device),
	  .help = "Print information about a dump device: refused, as it needs the hardware.",
	  .conflicts = "key fmt select overwrite" },
	{ .name = "key", .letter = 'k', .kind = CLI_TEXT, .offset = AT(key), .value = "FILE",
	  .help = "Decrypt with the customer communication key in FILE (32 bytes), the one "
		  "given to pvimg create with --cck.",
	  .flags = CLI_FILE },
	{ .name = "fmt", .letter = 'f', .kind = CLI_TEXT, .offset = AT(format), .value = "FORMAT",
	  .help = "Format to convert to. Default: elf.", .choices = "elf s390" },
	{ .name = "select", .letter = 's', .kind = CLI_TEXT, .offset = AT(select),
	  .value = "SYSTEM",
	  .help = "Of a dump with two systems (kdump and production), the one to show, or "
		  "all memory as it lies.",
	  .choices = "kdump prod all" },
	{ .name = "overwrite", .kind = CLI_FLAG, .offset = AT(overwrite),
	  .help = "Replace OUTPUT if it exists." },
	{ .name = "verbose", .letter = 'V', .kind = CLI_COUNT, .offset = AT(verbose),
	  .help = "Say more. With --info, show each piece of memory on its own." },
	{ .name = "debug", .letter = 'X', .kind = CLI_FLAG, .offset = AT(foreground),
	  .help = "With --mount: stay in the foreground.", .flags = CLI_HIDDEN },
	{ .name = NULL },
};

static const struct cli_operand operands[] = {
	{ .name = "DUMP", .kind = CLI_TEXT, .offset = AT(dump),
	  .help = "The dump; with --umount, the folder.",
	  .flags = CLI_REQUIRED | CLI_FILE },
	{ .name = "OUTPUT", .kind = CLI_TEXT, .offset = AT(output),
	  .help = "The file to write, by default standard output; with --mount, the folder.",
	  .flags = CLI_FILE },
	{ .name = NULL },
};

static int refuse_device(const struct settings *settings, struct cli *cli)
{
	struct error err = { 0 };

	error_set(&err, ERR_UNSUPPORTED,
		  "'%s': dump devices are written by the firmware of a machine; their "
		  "information cannot be read here", settings->dump);
	error_hint(&err, ERR_UNSUPPORTED,
		   "Run the zgetdump of s390-tools on the machine that has the device");
	return cli_fail(cli, &err);
}

static int run_unmount(const struct settings *settings, struct cli *cli)
{
	struct error err = { 0 };

	return dump_unmount(settings->dump, &err) < 0 ? cli_fail(cli, &err) : CLI_OK;
}

static int run(const void *given, struct cli *cli)
{
	const struct settings *settings = given;
	bool copies = !settings->info && !settings->unmount && !settings->device &&
		      !settings->verify;

	if (settings->mount && !settings->output)
		return cli_usage(cli, "--mount needs a folder behind the dump");
	if (settings->output && !copies)
		return cli_usage(cli, "unexpected argument '%s'", settings->output);
	secret_hide_process();
	if (settings->info)
		return run_info(settings, cli);
	if (settings->verify)
		return run_verify(settings, cli);
	if (settings->device)
		return refuse_device(settings, cli);
	if (settings->unmount)
		return run_unmount(settings, cli);
	return settings->mount ? run_mount(settings, cli) : run_copy(settings, cli);
}

int main(int argc, char **argv)
{
	const struct cli_verb verbs[] = {
		{ .options = options, .operands = operands,
		  .settings_size = sizeof(struct settings), .run = run },
		{ .run = NULL },
	};
	const struct cli_program program = {
		.name = "zgetdump",
		.summary = "Decrypt, convert and mount dumps of protected guests",
		.version_text = RELEASE_TEXT("zgetdump"),
		.verbs = verbs,
	};
	int code = cli_main(&program, argc, argv);

	/* Scripts know 1 for every failure. */
	return code == CLI_USAGE ? CLI_FAILURE : code;
}
