/* SPDX-License-Identifier: MIT */
/* ultraviolet machine export and import. */
#include "machine/bundle.h"
#include "ultraviolet/hold.h"
#include "ultraviolet/passphrase.h"
#include "ultraviolet/verbs.h"

#define PASSPHRASE_OPTION(type)                                              \
	{ .name = "passphrase-file", .kind = CLI_TEXT,                       \
	  .offset = offsetof(type, passphrase_file), .value = "FILE",        \
	  .help = "Take the passphrase from FILE, which holds it as its only " \
		  "line, instead of asking on the terminal.",                \
	  .flags = CLI_FILE }

/* --- export ---------------------------------------------------------------- */

struct export_settings {
	const char *machine, *file, *passphrase_file;
	bool with_ca, overwrite;
};

#define AT(field) offsetof(struct export_settings, field)

static const struct cli_option export_options[] = {
	PASSPHRASE_OPTION(struct export_settings),
	{ .name = "with-ca", .kind = CLI_FLAG, .offset = AT(with_ca),
	  .help = "Include the keys of the machine's CA, so that revocation lists can be "
		  "renewed in the new place. All machines of the CA depend on them." },
	{ .name = "overwrite", .kind = CLI_FLAG, .offset = AT(overwrite),
	  .help = "Replace FILE if it exists." },
	{ .name = NULL },
};

static const struct cli_operand export_operands[] = {
	{ .name = "MACHINE", .kind = CLI_TEXT, .offset = AT(machine),
	  .help = "The folder of the machine, or its name.",
	  .flags = CLI_REQUIRED | CLI_FOLDER },
	{ .name = "FILE", .kind = CLI_TEXT, .offset = AT(file),
	  .help = "The key bundle to write.", .flags = CLI_REQUIRED | CLI_FILE },
	{ .name = NULL },
};

#undef AT

static int export_run(const void *given, struct cli *cli)
{
	const struct export_settings *s = given;
	struct secret *passphrase;
	struct error err = { 0 };
	int rc = passphrase_get(&passphrase, s->passphrase_file, true, &err);

	if (rc < 0)
		return cli_fail(cli, &err);
	rc = machine_export(s->machine, s->file, passphrase, s->with_ca,
			    s->overwrite ? OUTFILE_REPLACE : OUTFILE_KEEP, &err);
	secret_free(passphrase);
	return rc < 0 ? cli_fail(cli, &err) : CLI_OK;
}

const struct cli_verb machine_export_verb = {
	.name = "machine export",
	.summary = "Write a machine with its keys to a file, under a passphrase",
	.options = export_options,
	.operands = export_operands,
	.settings_size = sizeof(struct export_settings),
	.run = export_run,
};

/* --- import ---------------------------------------------------------------- */

struct import_settings {
	const char *file, *folder, *passphrase_file;
};

#define AT(field) offsetof(struct import_settings, field)

static const struct cli_option import_options[] = {
	PASSPHRASE_OPTION(struct import_settings),
	{ .name = NULL },
};

static const struct cli_operand import_operands[] = {
	{ .name = "FILE", .kind = CLI_TEXT, .offset = AT(file),
	  .help = "A key bundle written by 'machine export'.",
	  .flags = CLI_REQUIRED | CLI_FILE },
	{ .name = "DIR", .kind = CLI_TEXT, .offset = AT(folder),
	  .help = "The folder to create.", .flags = CLI_REQUIRED | CLI_FOLDER },
	{ .name = NULL },
};

#undef AT

static int import_run(const void *given, struct cli *cli)
{
	const struct import_settings *s = given;
	struct secret *passphrase;
	sigset_t signals;
	struct error err = { 0 };
	int rc = passphrase_get(&passphrase, s->passphrase_file, false, &err);

	if (rc < 0)
		return cli_fail(cli, &err);
	hold_signals(&signals);
	rc = machine_import(s->file, s->folder, passphrase, &err);
	release_signals(&signals);
	secret_free(passphrase);
	return rc < 0 ? cli_fail(cli, &err) : CLI_OK;
}

const struct cli_verb machine_import_verb = {
	.name = "machine import",
	.summary = "Create a machine from a file written by export",
	.options = import_options,
	.operands = import_operands,
	.settings_size = sizeof(struct import_settings),
	.run = import_run,
};
