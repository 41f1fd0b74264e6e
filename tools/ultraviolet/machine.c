/* SPDX-License-Identifier: MIT */
/* ultraviolet machine create, show and list. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "machine/create.h"
#include "machine/machine.h"
#include "machine/report.h"
#include "ultraviolet/hold.h"
#include "ultraviolet/port.h"
#include "ultraviolet/verbs.h"

/* Prints a finished text; it may be broken for want of memory. */
static int print_text(struct cli *cli, struct text *out)
{
	struct error err = { 0 };
	int code = CLI_OK;

	if (text_ok(out)) {
		fputs(text_chars(out), stdout);
	} else {
		error_set(&err, ERR_NOMEM, "Out of memory");
		code = cli_fail(cli, &err);
	}
	text_free(out);
	return code;
}

static void warn_of_unknown_key(struct cli *cli, const struct machine *machine)
{
	if (machine->identity.unknown_key)
		log_warn(cli_log(cli), "'%s/%s' has an entry '%s' that this version does not know",
			 machine->folder, MACHINE_YAML, machine->identity.unknown_key);
}

/* --- create ---------------------------------------------------------------- */

struct create_settings {
	const char *folder, *name;
	const char *generation, *type, *serial;
	const char *ca, *port, *crl_url;
	bool backup_key;
};

#define AT(field) offsetof(struct create_settings, field)

static const struct cli_option create_options[] = {
	{ .name = "name", .letter = 'n', .kind = CLI_TEXT, .offset = AT(name),
	  .value = "NAME",
	  .help = "Instead of DIR: create the machine under NAME where machines that "
		  "are called by name lie (see 'machine list')." },
	{ .name = "generation", .letter = 'g', .kind = CLI_TEXT,
	  .offset = AT(generation), .value = "GENERATION",
	  .help = "Behave like this generation: which calls, flags and secret types "
		  "there are. The default is " MACHINE_DEFAULT_GENERATION
		  ", which has them all.",
	  .choices = "z15 z16 z17" },
	{ .name = "type", .kind = CLI_TEXT, .offset = AT(type), .value = "TYPE",
	  .help = "Take this machine type, like 3931 (default: the first of the "
		  "generation)." },
	{ .name = "serial", .kind = CLI_TEXT, .offset = AT(serial), .value = "SERIAL",
	  .help = "Take this serial number: 5 to 16 digits and capital letters "
		  "(default: five random ones)." },
	{ .name = "ca", .kind = CLI_TEXT, .offset = AT(ca), .value = "DIR",
	  .help = "Have the host key document signed by the certificate authority in "
		  "DIR, which is made if it does not exist; machines can share it. "
		  "By default the machine gets one of its own.",
	  .flags = CLI_FOLDER },
	{ .name = "backup-key", .kind = CLI_FLAG, .offset = AT(backup_key),
	  .help = "Make a backup host key and its document, too." },
	{ .name = "port", .letter = 'p', .kind = CLI_TEXT, .offset = AT(port),
	  .value = "PORT",
	  .help = "Write into all certificates that 'machine serve' offers their "
		  "revocation lists at this port of 127.0.0.1 (default: 8320)." },
	{ .name = "crl-url", .kind = CLI_TEXT, .offset = AT(crl_url), .value = "URL",
	  .help = "Write into all certificates that their revocation lists are found at "
		  "URL, an http address.",
	  .conflicts = "port" },
	{ .name = NULL },
};

static const struct cli_operand create_operands[] = {
	{ .name = "DIR", .kind = CLI_TEXT, .offset = AT(folder),
	  .help = "The folder to create.", .flags = CLI_FOLDER },
	{ .name = NULL },
};

#undef AT

/* The folder for a machine called by @name; caller frees. */
static int folder_of_name(char **folder, const char *name, struct error *err)
{
	char *home;
	int rc;

	*folder = NULL;
	if (!*name || name[0] == '.' || strchr(name, '/'))
		return error_set(err, ERR_INVALID, "'%s' cannot be the name of a machine",
				 name);
	rc = machine_default_folder(&home, err);
	if (rc < 0)
		return rc;
	rc = file_make_folders(home, 0777, err);
	if (rc == 0)
		rc = machine_path(folder, home, name, err);
	free(home);
	return rc;
}

/* Says what a user needs next. */
static int describe_new(struct cli *cli, const char *folder)
{
	struct machine *machine;
	struct error err = { 0 };

	if (machine_open(&machine, folder, &err) < 0)
		return cli_fail(cli, &err);
	cli_say(cli, "Created the simulated machine '%s': %s, type %04x, serial number %s.",
		folder, machine->identity.generation->name, machine->identity.type,
		machine->identity.serial);
	cli_say(cli, "Its host key document is '%s'.", machine->document_path);
	machine_free(machine);
	return CLI_OK;
}

static int create_run(const void *given, struct cli *cli)
{
	const struct create_settings *s = given;
	struct machine_order order = {
		.generation = s->generation,
		.type = s->type,
		.serial = s->serial,
		.ca = s->ca,
		.address.url = s->crl_url,
		.backup_key = s->backup_key,
	};
	char *named = NULL;
	sigset_t signals;
	struct error err = { 0 };
	int rc = 0;

	if (!s->folder == !s->name)
		return cli_usage(cli, "give either DIR or --name");
	if (s->port && (!port_parse(&order.address.port, s->port) || !order.address.port))
		return cli_usage(cli, "'%s' is no port number", s->port);
	if (s->name)
		rc = folder_of_name(&named, s->name, &err);
	if (rc == 0) {
		hold_signals(&signals);
		rc = machine_create(named ? named : s->folder, &order, &err);
		release_signals(&signals);
	}
	if (rc == ERR_INVALID)
		rc = cli_usage(cli, "%s", err.message);
	else if (rc < 0)
		rc = cli_fail(cli, &err);
	else
		rc = describe_new(cli, named ? named : s->folder);
	free(named);
	return rc;
}

const struct cli_verb machine_create_verb = {
	.name = "machine create",
	.summary = "Create a simulated machine with keys, documents and CA",
	.options = create_options,
	.operands = create_operands,
	.settings_size = sizeof(struct create_settings),
	.run = create_run,
};

/* --- show ------------------------------------------------------------------ */

struct show_settings {
	const char *machine;
	bool json;
};

static const struct cli_option show_options[] = {
	{ .name = "json", .kind = CLI_FLAG, .offset = offsetof(struct show_settings, json),
	  .help = "Print JSON." },
	{ .name = NULL },
};

static const struct cli_operand show_operands[] = {
	{ .name = "MACHINE", .kind = CLI_TEXT,
	  .offset = offsetof(struct show_settings, machine),
	  .help = "The folder of the machine, or its name.",
	  .flags = CLI_REQUIRED | CLI_FOLDER },
	{ .name = NULL },
};

static int print_report(struct cli *cli, const struct machine_report *report, bool as_json)
{
	struct text out = { 0 };
	struct json json = json_to(&out, true);

	if (as_json) {
		machine_report_json(&json, NULL, report);
		text_add(&out, "\n");
	} else {
		machine_report_print(&out, report);
	}
	return print_text(cli, &out);
}

static int show_run(const void *given, struct cli *cli)
{
	const struct show_settings *s = given;
	struct machine_report report;
	struct machine *machine;
	struct error err = { 0 };
	int rc = machine_open(&machine, s->machine, &err);

	if (rc < 0)
		return cli_fail(cli, &err);
	warn_of_unknown_key(cli, machine);
	rc = machine_report(&report, machine, &err);
	if (rc < 0) {
		rc = cli_fail(cli, &err);
	} else {
		rc = print_report(cli, &report, s->json);
		machine_report_clear(&report);
	}
	machine_free(machine);
	return rc;
}

const struct cli_verb machine_show_verb = {
	.name = "machine show",
	.summary = "Show identity, keys and CA of a machine",
	.options = show_options,
	.operands = show_operands,
	.settings_size = sizeof(struct show_settings),
	.run = show_run,
};

/* --- list ------------------------------------------------------------------ */

struct list_settings {
	struct cli_list folders;
	bool json;
};

static const struct cli_option list_options[] = {
	{ .name = "json", .kind = CLI_FLAG, .offset = offsetof(struct list_settings, json),
	  .help = "Print JSON." },
	{ .name = NULL },
};

static const struct cli_operand list_operands[] = {
	{ .name = "FOLDER", .kind = CLI_REPEAT,
	  .offset = offsetof(struct list_settings, folders),
	  .help = "List the machines in FOLDER. The default is where machines that are "
		  "called by name lie: $ULTRAVIOLET_MACHINES, or "
		  "~/.local/share/ultraviolet/machines.",
	  .flags = CLI_FOLDER },
	{ .name = NULL },
};

/* What is printed so far. */
struct listing {
	struct cli *cli;
	struct text out;
	struct json json;
	bool as_json;
	size_t count;
};

static void list_machine(struct listing *list, const char *name,
			 const struct machine *machine)
{
	const struct machine_identity *id = &machine->identity;
	char type[8];

	snprintf(type, sizeof(type), "%04x", id->type);
	list->count++;
	if (!list->as_json) {
		if (list->count == 1)
			text_addf(&list->out, "%-4s  %-16s  %-10s  %-9s  %s\n", "TYPE",
				  "SERIAL", "GENERATION", "HOST KEY", "NAME");
		text_addf(&list->out, "%-4s  %-16s  %-10s  %-9s  %s\n", type, id->serial,
			  id->generation->name, machine->host_key ? "installed" : "none",
			  name);
		return;
	}
	json_object_begin(&list->json, NULL);
	json_text(&list->json, "name", name);
	json_text(&list->json, "folder", machine->folder);
	json_text(&list->json, "type", type);
	json_text(&list->json, "serial", id->serial);
	json_text(&list->json, "generation", id->generation->name);
	json_bool(&list->json, "host_key_installed", machine->host_key != NULL);
	json_object_end(&list->json);
}

/* A folder that is no machine is passed over; a broken machine is remarked. */
static void list_entry(struct listing *list, const char *folder, const char *name)
{
	struct machine *machine;
	struct error err = { 0 };
	char *path;
	int rc;

	if (machine_path(&path, folder, name, &err) < 0) {
		list->out.broken = true;
		return;
	}
	rc = machine_open(&machine, path, &err);
	if (rc == 0) {
		list_machine(list, name, machine);
		machine_free(machine);
	} else if (rc != ERR_NOT_FOUND) {
		log_warn(cli_log(list->cli), "Passing over '%s': %s", path, err.message);
	}
	free(path);
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int list_folder(struct listing *list, const char *folder, struct error *err)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_visible, alphasort);

	if (count < 0)
		return error_set_errno(err, ERR_IO, errno, "Cannot read the folder '%s'",
				       folder);
	for (int i = 0; i < count; i++) {
		list_entry(list, folder, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return 0;
}

/* Before the first machine is created this folder does not exist: no machines. */
static int list_default_folder(struct listing *list, struct error *err)
{
	char *folder;
	int rc = machine_default_folder(&folder, err);

	if (rc < 0)
		return rc;
	if (access(folder, F_OK) == 0 || errno != ENOENT)
		rc = list_folder(list, folder, err);
	free(folder);
	return rc;
}

static int list_run(const void *given, struct cli *cli)
{
	const struct list_settings *s = given;
	struct listing list = { .cli = cli, .as_json = s->json };
	struct error err = { 0 };
	int rc = 0;

	list.json = json_to(&list.out, true);
	if (s->json)
		json_array_begin(&list.json, NULL);
	if (s->folders.count == 0)
		rc = list_default_folder(&list, &err);
	for (size_t i = 0; rc == 0 && i < s->folders.count; i++)
		rc = list_folder(&list, s->folders.items[i], &err);
	if (rc < 0) {
		text_free(&list.out);
		return cli_fail(cli, &err);
	}
	if (s->json) {
		json_array_end(&list.json);
		text_add(&list.out, "\n");
	} else if (list.count == 0) {
		cli_say(cli, "No machines.");
	}
	return print_text(cli, &list.out);
}

const struct cli_verb machine_list_verb = {
	.name = "machine list",
	.summary = "List the machines in a folder",
	.options = list_options,
	.operands = list_operands,
	.settings_size = sizeof(struct list_settings),
	.run = list_run,
};
