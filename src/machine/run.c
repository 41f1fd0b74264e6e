/* SPDX-License-Identifier: MIT */
#include "machine/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "machine/crash_dump.h"
#include "machine/engine.h"
#include "machine/machine.h"
#include "machine/options.h"
#include "machine/qemu_option.h"
#include "machine/run_secure_ipl.h"
#include "machine/runtime.h"

/* All that a start needs, collected before QEMU replaces this process. */
struct start {
	const struct run_request *request;
	struct engine engine;
	char *plugin;
	struct machine *machine; /* NULL: a guest that cannot become protected */
	struct secure_ipl_start secure_ipl;
	struct qemu_command command;
	struct guest_entry entry;
	char name[GUEST_NAME_MAX + 1];
};

static int no_memory(struct error *err)
{
	return error_set(err, ERR_NOMEM, "Out of memory");
}

/*
 * A guest that starts in audit or secure mode is a normal one, until it asks to be
 * protected; QEMU's options say whether it is meant to.
 */
static bool may_become_protected(const struct start *start)
{
	if (start->request->normal)
		return false;
	return start->command.confidential || start->secure_ipl.boot.mode == IPL_NORMAL;
}

static int judge_options(const struct start *start, const struct log *log,
			 struct error *err)
{
	const struct qemu_command *command = &start->command;

	if (!may_become_protected(start))
		return 0;
	for (size_t i = 0; i < command->warnings.count; i++)
		log_warn(log, "%s", command->warnings.items[i]);
	for (size_t i = 0; i < command->refusals.count; i++)
		log_emit(log, LOG_ERROR, "%s", command->refusals.items[i]);
	if (command->refusals.count == 0)
		return 0;
	error_set(err, ERR_REFUSED,
		  "%zu of QEMU's options exclude a protected guest",
		  command->refusals.count);
	return error_hint(err, ERR_REFUSED,
			  "leave them out, or start a guest that cannot become protected with --normal");
}

/* The name asked for; QEMU's -name if it can be one; else one of our own. */
static void choose_name(struct start *start)
{
	const char *asked = start->request->name;

	if (!asked && start->command.guest_name &&
	    guest_name_check(start->command.guest_name, NULL) == 0)
		asked = start->command.guest_name;
	if (asked)
		snprintf(start->name, sizeof(start->name), "%s", asked);
	else
		snprintf(start->name, sizeof(start->name), "guest-%d", (int)getpid());
}

static void add_path(struct text *out, const char *name, const char *path)
{
	char *absolute = realpath(path, NULL);
	char *escaped = qemu_option_escape(absolute ? absolute : path);

	if (escaped)
		text_addf(out, ",%s=%s", name, escaped);
	else
		out->broken = true;
	free(escaped);
	free(absolute);
}

static void add_machine(struct text *out, const struct machine *machine)
{
	text_addf(out, ",generation=%s", machine->identity.generation->name);
	if (machine->host_key)
		add_path(out, "host-key", machine->host_key_path);
	if (machine->backup_host_key)
		add_path(out, "backup-host-key", machine->backup_host_key_path);
}

/* "-plugin FILE,ARGUMENTS..." in front of QEMU's options. */
static int add_plugin(struct string_list *argv, const struct start *start,
		      struct error *err)
{
	struct text value = { 0 };
	bool ok;

	add_path(&value, "file", start->plugin);
	text_addf(&value, ",name=%s", start->name);
	if (start->machine)
		add_machine(&value, start->machine);
	add_path(&value, "control", start->entry.control);
	if (start->request->trace)
		text_add(&value, ",trace=on");
	if (start->request->normal || !start->machine)
		text_add(&value, ",protected=off");
	crash_dump_add_argument(&value, start->request);
	secure_ipl_start_add_arguments(&start->secure_ipl, &value);
	ok = text_ok(&value);
	string_list_add(argv, "-plugin");
	/* Behind the first comma. */
	string_list_add(argv, text_chars(&value) + 1);
	text_free(&value);
	return ok && !argv->broken ? 0 : no_memory(err);
}

static int describe(const struct start *start, struct error *err)
{
	struct text text = { 0 };
	struct json json = json_to(&text, true);
	char started[32];
	time_t now = time(NULL);
	int rc;

	strftime(started, sizeof(started), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	json_object_begin(&json, NULL);
	json_text(&json, "name", start->name);
	if (start->machine) {
		json_text(&json, "machine", start->machine->folder);
		json_text(&json, "generation",
			    start->machine->identity.generation->name);
	}
	json_text(&json, "engine", start->engine.version);
	json_text(&json, "started", started);
	json_u64(&json, "pid", (uint64_t)getpid());
	json_object_end(&json);
	text_add(&text, "\n");
	rc = text_ok(&text) ? guest_entry_describe(&start->entry, text_chars(&text), err) :
			      no_memory(err);
	text_free(&text);
	return rc;
}

static int become(const struct start *start, struct string_list *argv,
		  struct error *err)
{
	for (size_t i = 0; i < start->command.argv.count; i++)
		string_list_add(argv, start->command.argv.items[i]);
	if (argv->broken)
		return no_memory(err);
	execv(start->engine.program, argv->items);
	return error_set_errno(err, ERR_IO, errno, "Cannot start '%s'",
			       start->engine.program);
}

/* A question to QEMU: no machine, no plugin, no name. */
static int ask_engine(struct start *start, struct error *err)
{
	struct string_list argv = { 0 };
	int rc;

	string_list_add(&argv, start->engine.program);
	rc = become(start, &argv, err);
	string_list_free(&argv);
	return rc;
}

static int start_engine(struct start *start, struct error *err)
{
	struct string_list argv = { 0 };
	int rc;

	string_list_add(&argv, start->engine.program);
	rc = add_plugin(&argv, start, err);
	secure_ipl_start_add_options(&start->secure_ipl, &argv);
	if (!rc)
		crash_dump_add_options(&argv, start->request);
	if (!rc)
		rc = become(start, &argv, err);
	string_list_free(&argv);
	return rc;
}

/* Removes what guests that are gone have left; not worth failing for. */
static void sweep_runtime(void)
{
	struct string_list running = { 0 };

	runtime_list(&running, NULL);
	string_list_free(&running);
}

/* Secure IPL needs no keys of a machine, unless the guest is to become protected. */
static int open_machine(struct start *start, const struct log *log, struct error *err)
{
	int rc;

	if (!start->request->machine) {
		if (secure_ipl_start_is_ours(&start->secure_ipl) &&
		    !start->command.confidential)
			return 0;
		error_set(err, ERR_INVALID, "No machine is named");
		return error_hint(err, ERR_INVALID,
				  "give --machine DIR, or set ULTRAVIOLET_MACHINE");
	}
	rc = machine_open(&start->machine, start->request->machine, err);
	if (!rc && !start->machine->host_key)
		log_warn(log, "The machine has no host key: no image can be started on it");
	return rc;
}

static int prepare(struct start *start, const struct log *log, struct error *err)
{
	int rc = judge_options(start, log, err);

	if (!rc)
		rc = crash_dump_check(start->request, err);
	if (!rc)
		rc = open_machine(start, log, err);
	if (!rc)
		rc = engine_find_plugin(&start->plugin, err);
	if (!rc) {
		choose_name(start);
		sweep_runtime();
		rc = guest_entry_take(&start->entry, start->name, err);
	}
	if (!rc)
		rc = secure_ipl_start_prepare(&start->secure_ipl, &start->entry,
					      start->name, log, err);
	return rc ? rc : describe(start, err);
}

/* Reads QEMU's options: first those of Secure IPL, which QEMU must not see. */
static int scan_options(struct start *start, const struct log *log, struct error *err)
{
	const struct run_request *request = start->request;
	const struct string_list *rest = &start->secure_ipl.boot.argv;
	int rc = secure_ipl_start_scan(&start->secure_ipl, request->qemu_secure_ipl,
				       request->argc, request->argv, log, err);

	if (rc)
		return rc;
	return qemu_command_scan(&start->command, (int)rest->count, rest->items, err);
}

int run_guest(const struct run_request *request, const struct log *log,
	      struct error *err)
{
	struct start start = { .request = request, .entry = { .lock = -1 } };
	int rc = scan_options(&start, log, err);

	if (!rc)
		rc = engine_find(&start.engine, err);
	if (!rc)
		rc = secure_ipl_start_check_engine(&start.secure_ipl, &start.engine, err);
	if (!rc && start.command.asks_only) {
		rc = ask_engine(&start, err);
	} else if (!rc) {
		rc = prepare(&start, log, err);
		if (!rc)
			rc = start_engine(&start, err);
	}
	guest_entry_clear(&start.entry);
	free(start.plugin);
	machine_free(start.machine);
	engine_clear(&start.engine);
	qemu_command_clear(&start.command);
	secure_ipl_start_clear(&start.secure_ipl);
	return rc;
}
