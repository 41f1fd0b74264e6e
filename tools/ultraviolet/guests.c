/* SPDX-License-Identifier: MIT */
/* ultraviolet list, status, shared-pages and trace: looking at running guests. */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/guest_control.h"
#include "machine/runtime.h"
#include "ultraviolet/verbs.h"

struct settings {
	const char *name;
	const char *last;
	bool follow, json;
};

#define AT(field) offsetof(struct settings, field)

static const struct cli_operand name_operand[] = {
	{ .name = "NAME", .kind = CLI_TEXT, .offset = AT(name),
	  .help = "The guest, as 'list' shows it.", .flags = CLI_REQUIRED },
	{ .name = NULL },
};

static const struct cli_option json_option[] = {
	{ .name = "json", .kind = CLI_FLAG, .offset = AT(json),
	  .help = "Print the guest's answer as it is, in JSON." },
	{ .name = NULL },
};

/* --- Asking ---------------------------------------------------------------- */

static int ask(json_t **result, const char *name, const char *request,
	       struct error *err)
{
	struct guest_control *control;
	int rc = guest_control_open(&control, name, err);

	if (rc)
		return rc;
	rc = guest_control_ask(result, control, request, err);
	guest_control_close(control);
	return rc;
}

static void print_json(const json_t *value)
{
	json_dumpf(value, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	putchar('\n');
}

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "?";
}

/* --- list ------------------------------------------------------------------- */

static void print_guest(const char *name)
{
	struct guest_control *control;
	json_t *status = NULL;

	/* A guest just starting has no socket yet. */
	if (guest_control_open(&control, name, NULL)) {
		printf("%-20s %8s  starting\n", name, "-");
		return;
	}
	if (guest_control_ask(&status, control, "{\"execute\": \"status\"}", NULL) == 0)
		printf("%-20s %8d  %s, %s\n", name, (int)guest_control_pid(control),
		       text_of(status, "state"), text_of(status, "generation"));
	json_decref(status);
	guest_control_close(control);
}

static int run_list(const void *data, struct cli *cli)
{
	struct string_list names = { 0 };
	struct error err = { 0 };

	(void)data;
	if (runtime_list(&names, &err)) {
		string_list_free(&names);
		return cli_fail(cli, &err);
	}
	for (size_t i = 0; i < names.count; i++)
		print_guest(names.items[i]);
	string_list_free(&names);
	return CLI_OK;
}

const struct cli_verb list_verb = {
	.name = "list",
	.summary = "Show the guests that run",
	.settings_size = sizeof(struct settings),
	.run = run_list,
};

/* --- status ----------------------------------------------------------------- */

static void print_value(const char *name, const json_t *value)
{
	if (json_is_string(value))
		printf("%-20s %s\n", name, json_string_value(value));
	else if (json_is_integer(value))
		printf("%-20s %" JSON_INTEGER_FORMAT "\n", name, json_integer_value(value));
	else if (json_is_boolean(value))
		printf("%-20s %s\n", name, json_is_true(value) ? "yes" : "no");
}

static void print_members(json_t *object)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value) {
		if (json_is_object(value))
			print_members(value);
		else
			print_value(name, value);
	}
}

static int run_status(const void *data, struct cli *cli)
{
	const struct settings *settings = data;
	struct error err = { 0 };
	json_t *status;

	if (ask(&status, settings->name, "{\"execute\": \"status\"}", &err))
		return cli_fail(cli, &err);
	if (settings->json)
		print_json(status);
	else
		print_members(status);
	json_decref(status);
	return CLI_OK;
}

const struct cli_verb status_verb = {
	.name = "status",
	.summary = "Show the state of a guest",
	.options = json_option,
	.operands = name_operand,
	.settings_size = sizeof(struct settings),
	.run = run_status,
};

/* --- shared-pages ----------------------------------------------------------- */

static void print_runs(const json_t *runs)
{
	const json_t *run;
	size_t i;

	json_array_foreach(runs, i, run)
		printf("0x%s %10" JSON_INTEGER_FORMAT "\n", text_of(run, "address"),
		       json_integer_value(json_object_get(run, "size")) / 4096);
}

/* The guest answers in portions: asks until there is no next one. */
static int print_shared(struct guest_control *control, struct error *err)
{
	json_int_t from = 0;

	for (;;) {
		char request[96];
		json_t *result, *next;
		int rc;

		snprintf(request, sizeof(request),
			 "{\"execute\": \"shared-pages\", \"arguments\": {\"from\": %" JSON_INTEGER_FORMAT "}}",
			 from);
		rc = guest_control_ask(&result, control, request, err);
		if (rc)
			return rc;
		print_runs(json_object_get(result, "runs"));
		next = json_object_get(result, "next");
		/* Only forward, whatever the answer says. */
		if (!next || json_integer_value(next) <= from) {
			json_decref(result);
			return 0;
		}
		from = json_integer_value(next);
		json_decref(result);
	}
}

static int run_shared_pages(const void *data, struct cli *cli)
{
	const struct settings *settings = data;
	struct guest_control *control;
	struct error err = { 0 };
	int rc = guest_control_open(&control, settings->name, &err);

	if (rc)
		return cli_fail(cli, &err);
	rc = print_shared(control, &err);
	guest_control_close(control);
	return rc ? cli_fail(cli, &err) : CLI_OK;
}

const struct cli_verb shared_pages_verb = {
	.name = "shared-pages",
	.summary = "List a protected guest's shared storage: address and pages of each run",
	.operands = name_operand,
	.settings_size = sizeof(struct settings),
	.run = run_shared_pages,
};

/* --- trace ------------------------------------------------------------------ */

static const struct cli_option trace_options[] = {
	{ .name = "follow", .letter = 'f', .kind = CLI_FLAG, .offset = AT(follow),
	  .help = "Go on with the calls to come, until the guest ends." },
	{ .name = "last", .letter = 'l', .kind = CLI_TEXT, .offset = AT(last),
	  .value = "COUNT",
	  .help = "Show at most the last COUNT calls; the guest keeps 20480." },
	{ .name = "json", .kind = CLI_FLAG, .offset = AT(json),
	  .help = "Print each call as one line of JSON." },
	{ .name = NULL },
};

/*
 * Calls of one kind for one page, or MiB, after the other become one line: a guest
 * shares thousands of pages when it starts.
 */
struct run {
	json_t *first; /* NULL = none */
	uint64_t address, end;
	unsigned count;
};

static uint64_t number_of(const json_t *object, const char *name)
{
	return strtoull(text_of(object, name), NULL, 16);
}

/* Bytes that the call is about; a single page has no size of its own. */
static uint64_t size_of(const json_t *call)
{
	json_int_t size = json_integer_value(json_object_get(call, "size"));

	return size > 0 ? (uint64_t)size : 4096;
}

static bool continues(const struct run *run, const json_t *call)
{
	static const char *const same[] = { "call", "by", "rc", "rrc" };

	if (!run->first || !json_object_get(call, "address") ||
	    size_of(call) != size_of(run->first) || number_of(call, "address") != run->end)
		return false;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		if (strcmp(text_of(run->first, same[i]), text_of(call, same[i])) != 0)
			return false;
	}
	return true;
}

static void run_print(struct run *run)
{
	if (!run->first)
		return;
	printf("%-10s %-16s rc %s rrc %s", text_of(run->first, "by"),
	       text_of(run->first, "call"), text_of(run->first, "rc"),
	       text_of(run->first, "rrc"));
	if (json_object_get(run->first, "address"))
		printf("  0x%s", text_of(run->first, "address"));
	if (json_object_get(run->first, "size"))
		printf(" +0x%" PRIx64, run->count * size_of(run->first));
	else if (run->count > 1)
		printf(" and the next %u pages", run->count - 1);
	putchar('\n');
	json_decref(run->first);
	*run = (struct run){ 0 };
}

static void show_call(struct run *run, json_t *call, bool json)
{
	if (json) {
		json_dumpf(call, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
		putchar('\n');
		return;
	}
	if (!continues(run, call)) {
		run_print(run);
		run->first = json_incref(call);
		run->address = number_of(call, "address");
	}
	run->count++;
	run->end = run->address + run->count * size_of(run->first);
}

static int follow(struct guest_control *control, struct run *run, bool json)
{
	json_t *line;

	while (guest_control_next(&line, control, NULL) == 0) {
		json_t *data = json_object_get(line, "data");

		if (strcmp(text_of(line, "event"), "lost") == 0) {
			run_print(run);
			printf("(%" JSON_INTEGER_FORMAT " calls were not kept)\n",
			       json_integer_value(json_object_get(data, "count")));
		} else {
			show_call(run, data, json);
		}
		json_decref(line);
		/* Not in the midst of a run, unless nothing more is coming. */
		if (!guest_control_waits(control))
			run_print(run);
		fflush(stdout);
	}
	run_print(run);
	return CLI_OK;
}

static int print_trace(struct guest_control *control, struct run *run,
		       const struct settings *settings, unsigned last,
		       struct error *err)
{
	char request[128];
	json_t *result, *calls, *call;
	size_t i;
	int rc;

	snprintf(request, sizeof(request),
		 "{\"execute\": \"trace\", \"arguments\": {\"last\": %u, \"follow\": %s}}",
		 last, settings->follow ? "true" : "false");
	rc = guest_control_ask(&result, control, request, err);
	if (rc)
		return rc;
	calls = json_object_get(result, "calls");
	json_array_foreach(calls, i, call)
		show_call(run, call, settings->json);
	run_print(run);
	json_decref(result);
	fflush(stdout);
	return 0;
}

static int run_trace(const void *data, struct cli *cli)
{
	const struct settings *settings = data;
	struct guest_control *control;
	struct error err = { 0 };
	struct run run = { 0 };
	unsigned last = UINT_MAX;
	char rest;
	int rc;

	if (settings->last && sscanf(settings->last, "%u%c", &last, &rest) != 1)
		return cli_usage(cli, "--last: '%s' is no number", settings->last);
	rc = guest_control_open(&control, settings->name, &err);
	if (rc)
		return cli_fail(cli, &err);
	rc = print_trace(control, &run, settings, last, &err);
	if (!rc && settings->follow)
		rc = follow(control, &run, settings->json);
	guest_control_close(control);
	return rc ? cli_fail(cli, &err) : CLI_OK;
}

const struct cli_verb trace_verb = {
	.name = "trace",
	.summary = "Show the ultravisor calls of a guest",
	.options = trace_options,
	.operands = name_operand,
	.settings_size = sizeof(struct settings),
	.run = run_trace,
};
