/* SPDX-License-Identifier: MIT */
#include "plugin/control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "plugin/control_answers.h"
#include "plugin/control_dump.h"
#include "plugin/trace_ring.h"

#define CLIENTS_MAX 8
/* A client that leaves more than this unread gets no further trace lines ... */
#define FOLLOW_BACKLOG (256UL << 10)
/* ... and one that asks for more without reading is dropped. */
#define OUTPUT_MAX (8UL << 20)

struct client {
	int fd; /* -1 = free */
	char line[REQUEST_MAX_SIZE];
	size_t line_size;
	int passed; /* descriptor that came along with the bytes, or -1 */
	struct text out;
	size_t sent;
	bool follows;
	uint64_t next_trace; /* number of the next line to send */
};

static struct server {
	struct firmware *firmware;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	int listener;
	int wake; /* eventfd: new trace lines */
	_Atomic unsigned followers;
	struct client clients[CLIENTS_MAX];
} server;

static void client_close(struct client *client)
{
	if (client->follows)
		atomic_fetch_sub(&server.followers, 1);
	control_dump_abandon(client);
	close(client->fd);
	if (client->passed >= 0)
		close(client->passed);
	text_free(&client->out);
	*client = (struct client){ .fd = -1, .passed = -1 };
}

static size_t unsent(const struct client *client)
{
	return client->out.length - client->sent;
}

/* Sends what the socket takes. False when the client is gone. */
static bool client_flush(struct client *client)
{
	while (unsent(client) > 0) {
		ssize_t count = send(client->fd, client->out.chars + client->sent,
				     unsent(client), MSG_NOSIGNAL | MSG_DONTWAIT);

		if (count < 0)
			return errno == EAGAIN || errno == EINTR;
		client->sent += (size_t)count;
	}
	text_free(&client->out);
	client->sent = 0;
	return true;
}

static void add_event(struct client *client, const char *name, const char *data)
{
	text_addf(&client->out, "{\"event\": \"%s\", \"data\": %s}\n", name, data);
}

/* Moves lines of the ring to a follower, as far as it keeps up. */
static void client_feed(struct client *client)
{
	char line[TRACE_LINE_SIZE];

	while (client->follows && unsent(client) < FOLLOW_BACKLOG) {
		int64_t gone = trace_ring_read(server.firmware->trace,
					       client->next_trace, line);

		if (gone < 0)
			return;
		if (gone > 0) {
			char count[40];

			snprintf(count, sizeof(count), "{\"count\": %lld}",
				 (long long)gone);
			add_event(client, "lost", count);
		}
		add_event(client, "call", line);
		client->next_trace += (uint64_t)gone + 1;
	}
}

static void client_follow(struct client *client)
{
	if (client->follows)
		return;
	client->follows = true;
	atomic_fetch_add(&server.followers, 1);
}

static void client_handle_line(struct client *client, size_t size)
{
	struct error err = { 0 };
	struct request request;

	if (request_parse(&request, client->line, size, &err)) {
		control_refuse(&client->out, &err);
		return;
	}
	if (strcmp(request.execute, "dump") == 0) {
		control_dump_start(&client->out, server.firmware, &request,
				   client->passed, client);
		client->passed = -1;
		return;
	}
	/* Before the answer, so that no call falls between the two. */
	client->next_trace = trace_ring_end(server.firmware->trace);
	control_answer(&client->out, server.firmware, &request);
	if (request.follow && strcmp(request.execute, "trace") == 0)
		client_follow(client);
}

/* Handles the whole lines in the buffer. False: the line is too long. */
static bool client_handle_lines(struct client *client)
{
	char *newline;

	while ((newline = memchr(client->line, '\n', client->line_size))) {
		size_t size = (size_t)(newline - client->line);

		if (size > 0)
			client_handle_line(client, size);
		client->line_size -= size + 1;
		memmove(client->line, newline + 1, client->line_size);
	}
	return client->line_size < sizeof(client->line) &&
	       unsent(client) < OUTPUT_MAX && !client->out.broken;
}

/* Keeps the last descriptor that came; the kernel closes what is more than one. */
static void client_take_passed(struct client *client, struct msghdr *message)
{
	struct cmsghdr *control = CMSG_FIRSTHDR(message);

	if (!control || control->cmsg_level != SOL_SOCKET ||
	    control->cmsg_type != SCM_RIGHTS ||
	    control->cmsg_len != CMSG_LEN(sizeof(client->passed)))
		return;
	if (client->passed >= 0)
		close(client->passed);
	memcpy(&client->passed, CMSG_DATA(control), sizeof(client->passed));
}

static ssize_t client_receive(struct client *client)
{
	struct iovec room = { client->line + client->line_size,
			      sizeof(client->line) - client->line_size };
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr message = {
		.msg_iov = &room, .msg_iovlen = 1,
		/* Without the padding, into which a second one would fit. */
		.msg_control = &control, .msg_controllen = CMSG_LEN(sizeof(int)),
	};
	ssize_t count = recvmsg(client->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (count >= 0)
		client_take_passed(client, &message);
	return count;
}

static bool client_read(struct client *client)
{
	ssize_t count = client_receive(client);

	if (count == 0)
		return false;
	if (count < 0)
		return errno == EAGAIN || errno == EINTR;
	client->line_size += (size_t)count;
	return client_handle_lines(client);
}

static void accept_client(void)
{
	int fd = accept4(server.listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	for (int i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &server.clients[i];

		if (client->fd < 0) {
			client->fd = fd;
			control_greet(&client->out, server.firmware);
			return;
		}
	}
	close(fd);
}

static short client_wants(const struct client *client)
{
	return (short)(POLLIN | (unsent(client) ? POLLOUT : 0));
}

static void serve_client(struct client *client, short events)
{
	bool ok = true;

	if (events & (POLLERR | POLLNVAL))
		ok = false;
	else if (events & (POLLIN | POLLHUP))
		ok = client_read(client);
	if (ok) {
		client_feed(client);
		control_dump_feed(&client->out, client);
		ok = client_flush(client);
	}
	if (!ok)
		client_close(client);
}

static void serve_once(void)
{
	struct pollfd polled[CLIENTS_MAX + 2] = {
		{ .fd = server.listener, .events = POLLIN },
		{ .fd = server.wake, .events = POLLIN },
	};
	eventfd_t ignored;

	for (int i = 0; i < CLIENTS_MAX; i++)
		polled[i + 2] = (struct pollfd){
			.fd = server.clients[i].fd,
			.events = client_wants(&server.clients[i]),
		};
	if (poll(polled, CLIENTS_MAX + 2, -1) < 0)
		return;
	if (polled[1].revents)
		eventfd_read(server.wake, &ignored);
	for (int i = 0; i < CLIENTS_MAX; i++) {
		if (server.clients[i].fd >= 0)
			serve_client(&server.clients[i], polled[i + 2].revents);
	}
	if (polled[0].revents)
		accept_client();
}

static void *serve(void *unused)
{
	(void)unused;
	for (;;)
		serve_once();
	return NULL;
}

static int listen_at(const char *path, struct error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(address.sun_path))
		return error_set(err, ERR_INVALID,
				 "the path of the control socket is too long: %s",
				 path);
	strcpy(address.sun_path, path);
	strcpy(server.path, path);
	server.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	server.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (server.listener < 0 || server.wake < 0 ||
	    /* Before bind(), so that the socket never has another mode. */
	    fchmod(server.listener, 0600) ||
	    bind(server.listener, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(server.listener, CLIENTS_MAX))
		return error_set_errno(err, ERR_IO, errno,
				       "cannot make the control socket %s", path);
	return 0;
}

int control_start(struct firmware *firmware, const char *path, struct error *err)
{
	pthread_t thread;
	int rc;

	server.firmware = firmware;
	for (int i = 0; i < CLIENTS_MAX; i++)
		server.clients[i].fd = server.clients[i].passed = -1;
	rc = listen_at(path, err);
	if (rc)
		return rc;
	rc = pthread_create(&thread, NULL, serve, NULL);
	if (rc)
		return error_set_errno(err, ERR_IO, rc,
				       "cannot start the thread of the control socket");
	pthread_detach(thread);
	return 0;
}

void control_wake(void)
{
	eventfd_write(server.wake, 1);
}

void control_notify(void)
{
	if (atomic_load_explicit(&server.followers, memory_order_relaxed))
		control_wake();
}

void control_stop(void)
{
	if (server.path[0])
		unlink(server.path);
}
