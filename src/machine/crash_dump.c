/* SPDX-License-Identifier: MIT */
#include "machine/crash_dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/qemu_option.h"

static bool is_action(const char *argument)
{
	return strcmp(argument, "-action") == 0 || strcmp(argument, "--action") == 0;
}

/* What the last -action of QEMU's options does about a panic; NULL = nothing. Caller frees. */
static char *panic_action(const struct run_request *request)
{
	char *action = NULL;

	for (int i = 0; i + 1 < request->argc; i++) {
		struct qemu_option option;
		const char *found;

		if (!is_action(request->argv[i]) ||
		    qemu_option_parse(&option, request->argv[i + 1], NULL))
			continue;
		found = qemu_option_get(&option, "panic");
		if (found) {
			free(action);
			action = strdup(found);
		}
		qemu_option_clear(&option);
	}
	return action;
}

static bool stays_paused(const struct run_request *request)
{
	char *action = panic_action(request);
	bool pauses = action && strcmp(action, "pause") == 0;

	free(action);
	return pauses;
}

int crash_dump_check(const struct run_request *request, struct error *err)
{
	char *action = request->crash_dump ? panic_action(request) : NULL;
	int rc = 0;

	if (action && strcmp(action, "pause") != 0) {
		error_set(err, ERR_INVALID,
			  "No dump can be taken of a crashed guest with -action panic=%.40s",
			  action);
		rc = error_hint(err, ERR_INVALID, "leave -action out, or use panic=pause");
	}
	free(action);
	return rc;
}

void crash_dump_add_options(struct string_list *argv, const struct run_request *request)
{
	if (!request->crash_dump)
		return;
	string_list_add(argv, "-action");
	string_list_add(argv, "panic=pause");
}

/* The file need not exist, and QEMU may change its folder. Caller frees. */
static char *absolute_path(const char *path)
{
	char *folder, *absolute = NULL;

	if (path[0] == '/')
		return strdup(path);
	folder = getcwd(NULL, 0);
	if (folder && asprintf(&absolute, "%s/%s", folder, path) < 0)
		absolute = NULL;
	free(folder);
	return absolute;
}

void crash_dump_add_argument(struct text *out, const struct run_request *request)
{
	char *path, *escaped;

	if (!request->crash_dump)
		return;
	path = absolute_path(request->crash_dump);
	escaped = path ? qemu_option_escape(path) : NULL;
	if (escaped)
		text_addf(out, ",crash-dump=%s%s", escaped,
			  stays_paused(request) ? ",crash-pause=on" : "");
	else
		out->broken = true;
	free(escaped);
	free(path);
}
