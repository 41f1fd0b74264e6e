/* SPDX-License-Identifier: MIT */
#include "machine/guest_control.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "machine/runtime.h"

/* The longest answers list thousands of pages or calls. */
#define LINE_MAX_SIZE (16UL << 20)

struct guest_control {
	int fd;
	char *name;
	char *bytes;    /* received and not yet taken: [start, end) */
	size_t room;
	size_t start;
	size_t end;
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

/* The end of the line that @control->start begins, or NULL. */
static char *line_end(const struct guest_control *control)
{
	if (control->start == control->end)
		return NULL;
	return memchr(control->bytes + control->start, '\n',
		      control->end - control->start);
}

/* Makes room behind what has been received. */
static int make_room(struct guest_control *control, struct error *err)
{
	char *bytes;

	if (control->start > 0) {
		memmove(control->bytes, control->bytes + control->start,
			control->end - control->start);
		control->end -= control->start;
		control->start = 0;
	}
	if (control->end < control->room)
		return 0;
	if (control->room >= LINE_MAX_SIZE)
		return error_set(err, ERR_FORMAT, "The guest '%s' sends a line that does not end",
				 control->name);
	bytes = realloc(control->bytes, control->room ? 2 * control->room : 4096);
	if (!bytes)
		return error_set(err, ERR_NOMEM, "Out of memory");
	control->bytes = bytes;
	control->room = control->room ? 2 * control->room : 4096;
	return 0;
}

static int receive(struct guest_control *control, struct error *err)
{
	ssize_t count;
	int rc = make_room(control, err);

	if (rc)
		return rc;
	do
		count = recv(control->fd, control->bytes + control->end,
			     control->room - control->end, 0);
	while (count < 0 && errno == EINTR);
	if (count <= 0)
		return error_set(err, ERR_NOT_FOUND, "The guest '%s' has ended",
				 control->name);
	control->end += (size_t)count;
	return 0;
}

bool guest_control_waits(const struct guest_control *control)
{
	struct pollfd polled = { .fd = control->fd, .events = POLLIN };

	return line_end(control) || poll(&polled, 1, 0) > 0;
}

int guest_control_next(json_t **line, struct guest_control *control,
		       struct error *err)
{
	const char *start, *end;

	while (!(end = line_end(control))) {
		int rc = receive(control, err);

		if (rc)
			return rc;
	}
	start = control->bytes + control->start;
	control->start += (size_t)(end - start) + 1;
	*line = json_loadb(start, (size_t)(end - start), JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(*line))
		return 0;
	json_decref(*line);
	return error_set(err, ERR_FORMAT, "The guest '%s' answers with what is no JSON object",
			 control->name);
}

int guest_control_open(struct guest_control **out, const char *name,
		       struct error *err)
{
	struct guest_control *control = calloc(1, sizeof(*control));
	json_t *greeting;
	char *path;
	int rc;

	if (control)
		control->fd = -1;
	if (!control || !(control->name = strdup(name))) {
		guest_control_close(control);
		return error_set(err, ERR_NOMEM, "Out of memory");
	}
	rc = runtime_path(&path, name, "control", err);
	if (!rc) {
		rc = connect_to(&control->fd, path, err);
		free(path);
	}
	if (!rc)
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
	if (control->fd >= 0)
		close(control->fd);
	free(control->name);
	free(control->bytes);
	free(control);
}

pid_t guest_control_pid(const struct guest_control *control)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(control->fd, SOL_SOCKET, SO_PEERCRED, &peer, &size))
		return -1;
	return peer.pid;
}

/* Sends what one call takes, and @fd along with it unless that is -1. */
static ssize_t send_some(const struct guest_control *control, const char *bytes,
			 size_t size, int fd)
{
	struct iovec sent = { (char *)(uintptr_t)bytes, size };
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} with = { .header = { .cmsg_len = CMSG_LEN(sizeof(fd)),
			       .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
	struct msghdr message = { .msg_iov = &sent, .msg_iovlen = 1 };

	if (fd >= 0) {
		memcpy(CMSG_DATA(&with.header), &fd, sizeof(fd));
		message.msg_control = &with;
		message.msg_controllen = sizeof(with);
	}
	return sendmsg(control->fd, &message, MSG_NOSIGNAL);
}

static int send_all(struct guest_control *control, const char *bytes, size_t size,
		    int fd, struct error *err)
{
	while (size > 0) {
		ssize_t count = send_some(control, bytes, size, fd);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return error_set_errno(err, ERR_IO, errno,
					       "Cannot write to the guest '%s'",
					       control->name);
		fd = -1;
		bytes += count;
		size -= (size_t)count;
	}
	return 0;
}

int guest_control_send(struct guest_control *control, const char *request, int fd,
		       struct error *err)
{
	int rc = send_all(control, request, strlen(request), fd, err);

	return rc ? rc : send_all(control, "\n", 1, -1, err);
}

int guest_control_result(json_t **result, json_t *answer,
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
	int rc = guest_control_send(control, request, -1, err);
	json_t *answer = NULL;

	/* Events may come in between. */
	while (!rc) {
		rc = guest_control_next(&answer, control, err);
		if (rc || !json_object_get(answer, "event"))
			break;
		json_decref(answer);
	}
	if (rc)
		return rc;
	rc = guest_control_result(result, answer, control, err);
	json_decref(answer);
	return rc;
}
