/* SPDX-License-Identifier: MIT */
#include "machine/guest_control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "machine/runtime.h"

/* The longest answers list thousands of pages or calls. */
#define LINE_MAX_SIZE (16UL << 20)

struct guest_control {
	FILE *stream;
	char *name;
	char *line;
	size_t room;
};

/* *@fd is -1 on failure. */
static int connect_to(int *fd, const char *path, struct error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	*fd = -1;
	if (strlen(path) >= sizeof(address.sun_path))
		return error_set(err, ERR_INVALID,
				 "The path of the control socket is too long: '%s'",
				 path);
	strcpy(address.sun_path, path);
	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return error_set_errno(err, ERR_IO, errno, "Cannot make a socket");
	if (connect(*fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return 0;
	error_set_errno(err, ERR_IO, errno, "Cannot connect to '%s'", path);
	close(*fd);
	*fd = -1;
	return ERR_IO;
}

int guest_control_next(json_t **line, struct guest_control *control,
		       struct error *err)
{
	ssize_t length = getline(&control->line, &control->room, control->stream);

	if (length <= 0)
		return error_set(err, ERR_NOT_FOUND, "The guest '%s' has ended",
				 control->name);
	*line = (size_t)length > LINE_MAX_SIZE ? NULL :
		json_loadb(control->line, (size_t)length, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(*line))
		return 0;
	json_decref(*line);
	return error_set(err, ERR_FORMAT, "The guest '%s' answers with what is no JSON object",
			 control->name);
}

int guest_control_open(struct guest_control **out, const char *name,
		       struct error *err)
{
	struct guest_control *control;
	json_t *greeting;
	char *path;
	int fd, rc = runtime_path(&path, name, "control", err);

	if (rc)
		return rc;
	rc = connect_to(&fd, path, err);
	free(path);
	if (rc)
		return rc;
	control = calloc(1, sizeof(*control));
	if (control) {
		control->stream = fdopen(fd, "r+");
		control->name = strdup(name);
	}
	if (!control || !control->stream || !control->name) {
		if (!control || !control->stream)
			close(fd);
		guest_control_close(control);
		return error_set(err, ERR_NOMEM, "Out of memory");
	}
	rc = guest_control_next(&greeting, control, err);
	if (rc) {
		guest_control_close(control);
		return rc;
	}
	json_decref(greeting);
	*out = control;
	return 0;
}

void guest_control_close(struct guest_control *control)
{
	if (!control)
		return;
	if (control->stream)
		fclose(control->stream);
	free(control->name);
	free(control->line);
	free(control);
}

pid_t guest_control_pid(const struct guest_control *control)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(fileno(control->stream), SOL_SOCKET, SO_PEERCRED, &peer, &size))
		return -1;
	return peer.pid;
}

static int send_all(struct guest_control *control, const char *bytes, size_t size,
		    struct error *err)
{
	while (size > 0) {
		ssize_t count = send(fileno(control->stream), bytes, size, MSG_NOSIGNAL);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return error_set_errno(err, ERR_IO, errno,
					       "Cannot write to the guest '%s'",
					       control->name);
		bytes += count;
		size -= (size_t)count;
	}
	return 0;
}

/* Takes "return" or "error" out of @answer. */
static int unwrap(json_t **result, json_t *answer,
		  const struct guest_control *control, struct error *err)
{
	const char *refusal;

	*result = json_object_get(answer, "return");
	if (*result) {
		json_incref(*result);
		return 0;
	}
	refusal = json_string_value(json_object_get(
		json_object_get(answer, "error"), "desc"));
	return error_set(err, ERR_REFUSED, "The guest '%s' refuses: %s",
			 control->name, refusal ? refusal : "(without a reason)");
}

int guest_control_ask(json_t **result, struct guest_control *control,
		      const char *request, struct error *err)
{
	int rc = send_all(control, request, strlen(request), err);
	json_t *answer = NULL;

	if (!rc)
		rc = send_all(control, "\n", 1, err);

	/* Events may come in between. */
	while (!rc) {
		rc = guest_control_next(&answer, control, err);
		if (rc || !json_object_get(answer, "event"))
			break;
		json_decref(answer);
	}
	if (rc)
		return rc;
	rc = unwrap(result, answer, control, err);
	json_decref(answer);
	return rc;
}
