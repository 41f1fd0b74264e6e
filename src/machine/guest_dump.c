/* SPDX-License-Identifier: MIT */
#include "machine/guest_dump.h"

#include <stdio.h>

#include "machine/guest_control.h"

static void show_progress(const json_t *event, const struct progress *progress)
{
	const json_t *data = json_object_get(event, "data");

	progress_update(progress,
			(uint64_t)json_integer_value(json_object_get(data, "done")),
			(uint64_t)json_integer_value(json_object_get(data, "total")));
}

/* Waits for the answer; events come before it. */
static int await(struct guest_control *control, const struct progress *progress,
		 struct error *err)
{
	json_t *line, *nothing = NULL;
	int rc;

	for (;;) {
		rc = guest_control_next(&line, control, err);
		if (rc || !json_object_get(line, "event"))
			break;
		show_progress(line, progress);
		json_decref(line);
	}
	if (rc)
		return rc;
	rc = guest_control_result(&nothing, line, control, err);
	json_decref(nothing);
	json_decref(line);
	return rc;
}

int guest_dump(const char *name, int fd, bool pause, const struct progress *progress,
	       struct error *err)
{
	struct guest_control *control;
	char request[96];
	int rc = guest_control_open(&control, name, err);

	if (rc)
		return rc;
	snprintf(request, sizeof(request),
		 "{\"execute\": \"dump\", \"arguments\": {\"pause\": %s}}",
		 pause ? "true" : "false");
	rc = guest_control_send(control, request, fd, err);
	if (!rc)
		rc = await(control, progress, err);
	guest_control_close(control);
	return rc;
}

int guest_quit(const char *name, struct error *err)
{
	struct guest_control *control;
	json_t *nothing = NULL;
	int rc = guest_control_open(&control, name, err);

	if (rc)
		return rc;
	rc = guest_control_ask(&nothing, control, "{\"execute\": \"quit\"}", err);
	/* It may well be gone before it has answered. */
	if (rc == ERR_NOT_FOUND) {
		error_clear(err);
		rc = 0;
	}
	json_decref(nothing);
	guest_control_close(control);
	return rc;
}
