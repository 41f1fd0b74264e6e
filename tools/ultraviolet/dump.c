/* SPDX-License-Identifier: MIT */
/* ultraviolet dump: the dump of a running protected guest, for its owner to read. */
#include "base/file.h"
#include "machine/guest_dump.h"
#include "ultraviolet/verbs.h"

struct settings {
	const char *name, *file;
	bool overwrite, pause, quit;
};

#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	{ .name = "overwrite", .kind = CLI_FLAG, .offset = AT(overwrite),
	  .help = "Replace FILE if it exists." },
	{ .name = "pause", .kind = CLI_FLAG, .offset = AT(pause),
	  .help = "Leave the guest paused. QMP's 'cont' lets it go on.",
	  .conflicts = "quit" },
	{ .name = "quit", .kind = CLI_FLAG, .offset = AT(quit),
	  .help = "End the guest when the dump is complete." },
	{ .name = NULL },
};

static const struct cli_operand operands[] = {
	{ .name = "NAME", .kind = CLI_TEXT, .offset = AT(name),
	  .help = "The guest, as 'list' shows it.", .flags = CLI_REQUIRED },
	{ .name = "FILE", .kind = CLI_TEXT, .offset = AT(file),
	  .help = "Where to write the dump to; '-' is standard output.",
	  .flags = CLI_REQUIRED | CLI_FILE },
	{ .name = NULL },
};

/* The file, as a whole or not at all. */
static int write_dump(const struct settings *settings, struct cli *cli, struct error *err)
{
	enum outfile_policy policy = settings->overwrite ? OUTFILE_REPLACE : OUTFILE_KEEP;
	struct outfile *file;
	int rc = outfile_open(&file, settings->file, policy, 0600, err);

	if (rc)
		return rc;
	rc = guest_dump(settings->name, outfile_fd(file), settings->pause || settings->quit,
			cli_progress(cli, "Dump"), err);
	if (!rc)
		return outfile_commit(file, err);
	outfile_abort(file);
	return rc;
}

static int run(const void *data, struct cli *cli)
{
	const struct settings *settings = data;
	struct error err = { 0 };
	int rc = write_dump(settings, cli, &err);

	if (!rc && settings->quit)
		rc = guest_quit(settings->name, &err);
	return rc ? cli_fail(cli, &err) : CLI_OK;
}

const struct cli_verb dump_verb = {
	.name = "dump",
	.summary = "Write the encrypted dump of a protected guest",
	.options = options,
	.operands = operands,
	.settings_size = sizeof(struct settings),
	.run = run,
};
