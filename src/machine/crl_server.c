/* SPDX-License-Identifier: MIT */
#include "machine/crl_server.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct connection {
	int fd; /* -1 = this place is free */
	int64_t deadline_ms;
	char request[CRL_SERVER_MAX_REQUEST];
	size_t got;
	char header[256]; /* of the answer; empty while the request is read */
	size_t header_size;
	const uint8_t *body;
	size_t body_size;
	size_t sent; /* of header and body together */
	bool answered; /* all is sent; what still comes in is thrown away */
};

struct crl_server {
	int fd;
	uint16_t port;
	const struct crl_document *documents;
	size_t document_count;
	struct connection connections[CRL_SERVER_MAX_CONNECTIONS];
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- What to answer -------------------------------------------------------- */

/* The path of a request target: behind scheme and host, without a query. */
static void strip_target(const char **target, size_t *size)
{
	static const char scheme[] = "http://";
	const size_t length = sizeof(scheme) - 1;
	const char *query;

	/* Proxies' clients send the whole address. */
	if (*size > length && memcmp(*target, scheme, length) == 0) {
		const char *slash = memchr(*target + length, '/', *size - length);

		if (slash) {
			*size -= (size_t)(slash - *target);
			*target = slash;
		}
	}
	query = memchr(*target, '?', *size);
	if (query)
		*size = (size_t)(query - *target);
}

static const struct crl_document *find_document(const struct crl_document *documents,
						size_t count, const char *target,
						size_t size)
{
	strip_target(&target, &size);
	for (size_t i = 0; i < count; i++)
		if (strlen(documents[i].path) == size &&
		    memcmp(documents[i].path, target, size) == 0)
			return &documents[i];
	return NULL;
}

/* Is there, from @text on, " HTTP/1.x" and the end of the line? */
static bool is_http_1(const char *text, size_t size)
{
	static const char version[] = " HTTP/1.";
	const size_t length = sizeof(version) - 1;

	return size == length + 1 && memcmp(text, version, length) == 0 &&
	       text[length] >= '0' && text[length] <= '9';
}

unsigned crl_server_route(const struct crl_document *documents, size_t count,
			  const char *request, size_t size,
			  const struct crl_document **document, bool *head_only)
{
	const char *end = memchr(request, '\n', size);
	size_t line = end ? (size_t)(end - request) : 0, method, target;
	const char *at, *space;

	*document = NULL;
	*head_only = false;
	if (line > 0 && request[line - 1] == '\r')
		line--;
	if (line == 0 || memchr(request, '\0', size))
		return 400;
	space = memchr(request, ' ', line);
	if (!space)
		return 400;
	method = (size_t)(space - request);
	at = space + 1;
	space = memchr(at, ' ', line - method - 1);
	if (!space || space == at)
		return 400;
	target = (size_t)(space - at);
	if (!is_http_1(space, line - method - 1 - target))
		return 400;
	*head_only = method == 4 && memcmp(request, "HEAD", 4) == 0;
	if (!*head_only && !(method == 3 && memcmp(request, "GET", 3) == 0))
		return 405;
	*document = find_document(documents, count, at, target);
	return *document ? 200 : 404;
}

static const char *reason(unsigned status)
{
	switch (status) {
	case 200:
		return "OK";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 431:
		return "Request Header Fields Too Large";
	default:
		return "Bad Request";
	}
}

static void prepare_answer(struct connection *c, unsigned status,
			   const struct crl_document *document, bool head_only)
{
	const char *text = reason(status);
	const char *type = document ? document->type : "text/plain";
	size_t size = document ? document->size : strlen(text);
	int length = snprintf(c->header, sizeof(c->header),
			      "HTTP/1.0 %u %s\r\nContent-Type: %s\r\n"
			      "Content-Length: %zu\r\n%sConnection: close\r\n\r\n",
			      status, text, type, size,
			      status == 405 ? "Allow: GET, HEAD\r\n" : "");

	c->header_size = (size_t)length;
	c->body = document ? document->body : (const uint8_t *)text;
	c->body_size = head_only ? 0 : size;
}

/* --- Connections ------------------------------------------------------------ */

static void drop(struct connection *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

/* Behind the empty line that ends the header; 0 while it is incomplete. */
static size_t header_end(const char *request, size_t got)
{
	for (size_t i = 0; i + 1 < got; i++) {
		if (request[i] != '\n')
			continue;
		if (request[i + 1] == '\n')
			return i + 2;
		if (i + 2 < got && request[i + 1] == '\r' && request[i + 2] == '\n')
			return i + 3;
	}
	return 0;
}

static void answer(struct crl_server *server, struct connection *c, size_t size,
		   const struct log *log)
{
	const struct crl_document *document = NULL;
	bool head_only = false;
	unsigned status = 431;

	if (size > 0)
		status = crl_server_route(server->documents, server->document_count,
					  c->request, size, &document, &head_only);
	prepare_answer(c, status, document, head_only);
	/* Only names of ours are repeated, nothing that the client wrote. */
	log_info(log, "%u %s", status, document ? document->path : reason(status));
}

static void read_request(struct crl_server *server, struct connection *c,
			 const struct log *log)
{
	ssize_t count = recv(c->fd, c->request + c->got, sizeof(c->request) - c->got, 0);
	size_t end;

	if (count < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (count <= 0) {
		drop(c);
		return;
	}
	c->got += (size_t)count;
	end = header_end(c->request, c->got);
	if (end > 0 || c->got == sizeof(c->request))
		answer(server, c, end, log);
}

static void write_answer(struct connection *c)
{
	bool in_header = c->sent < c->header_size;
	const void *from = in_header ? (const void *)(c->header + c->sent)
				     : c->body + (c->sent - c->header_size);
	size_t size = in_header ? c->header_size - c->sent
				: c->header_size + c->body_size - c->sent;
	ssize_t count = send(c->fd, from, size, MSG_NOSIGNAL);

	if (count < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (count < 0) {
		drop(c);
		return;
	}
	c->sent += (size_t)count;
	if (c->sent == c->header_size + c->body_size) {
		shutdown(c->fd, SHUT_WR);
		c->answered = true;
	}
}

/*
 * Closing while input is unread would reset the connection, and the client
 * could lose the answer: so the client closes first.
 */
static void discard_input(struct connection *c)
{
	ssize_t count = recv(c->fd, c->request, sizeof(c->request), 0);

	if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN))
		drop(c);
}

static void progress(struct crl_server *server, struct connection *c,
		     const struct log *log)
{
	if (c->answered)
		discard_input(c);
	else if (c->header_size)
		write_answer(c);
	else
		read_request(server, c, log);
}

static struct connection *free_place(struct crl_server *server)
{
	for (size_t i = 0; i < CRL_SERVER_MAX_CONNECTIONS; i++)
		if (server->connections[i].fd < 0)
			return &server->connections[i];
	return NULL;
}

static void accept_one(struct crl_server *server)
{
	struct connection *c = free_place(server);
	int fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return; /* the client has gone again, or descriptors are short */
	memset(c, 0, sizeof(*c));
	c->fd = fd;
	c->deadline_ms = now_ms() + CRL_SERVER_TIMEOUT_MS;
}

static void drop_late(struct crl_server *server, int64_t now)
{
	for (size_t i = 0; i < CRL_SERVER_MAX_CONNECTIONS; i++)
		if (server->connections[i].fd >= 0 &&
		    server->connections[i].deadline_ms <= now)
			drop(&server->connections[i]);
}

/* --- The loop ---------------------------------------------------------------- */

/* Entries 0 and 1 are the stop descriptor and the listener. */
#define FIRST 2

/* Fills in @polled; returns how long to wait at most, in ms. */
static int prepare_poll(const struct crl_server *server, int stop_fd,
			struct pollfd polled[FIRST + CRL_SERVER_MAX_CONNECTIONS])
{
	int64_t now = now_ms(), first = INT64_MAX;
	bool full = true;

	for (size_t i = 0; i < CRL_SERVER_MAX_CONNECTIONS; i++) {
		const struct connection *c = &server->connections[i];

		polled[FIRST + i] = (struct pollfd){
			.fd = c->fd,
			.events = c->header_size && !c->answered ? POLLOUT : POLLIN,
		};
		if (c->fd < 0)
			full = false;
		else if (c->deadline_ms < first)
			first = c->deadline_ms;
	}
	polled[0] = (struct pollfd){ .fd = stop_fd, .events = POLLIN };
	polled[1] = (struct pollfd){ .fd = full ? -1 : server->fd, .events = POLLIN };
	if (first == INT64_MAX)
		return -1;
	return first <= now ? 0 : (int)(first - now);
}

int crl_server_run(struct crl_server *server, int stop_fd, const struct log *log,
		   struct error *err)
{
	struct pollfd polled[FIRST + CRL_SERVER_MAX_CONNECTIONS];

	for (;;) {
		int wait = prepare_poll(server, stop_fd, polled);

		if (poll(polled, FIRST + CRL_SERVER_MAX_CONNECTIONS, wait) < 0) {
			if (errno == EINTR)
				continue;
			return error_set_errno(err, ERR_IO, errno,
					       "Cannot wait for requests");
		}
		if (polled[0].revents)
			return 0;
		for (size_t i = 0; i < CRL_SERVER_MAX_CONNECTIONS; i++)
			if (polled[FIRST + i].revents)
				progress(server, &server->connections[i], log);
		drop_late(server, now_ms());
		if (polled[1].revents)
			accept_one(server);
	}
}

static int listen_on(struct crl_server *server, uint16_t port, struct error *err)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t size = sizeof(address);
	int on = 1;

	server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (server->fd < 0)
		return error_set_errno(err, ERR_IO, errno, "Cannot make a socket");
	setsockopt(server->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(server->fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(server->fd, CRL_SERVER_MAX_CONNECTIONS) < 0 ||
	    getsockname(server->fd, (struct sockaddr *)&address, &size) < 0)
		return error_set_errno(err, ERR_IO, errno,
				       "Cannot listen on 127.0.0.1 port %u", port);
	server->port = ntohs(address.sin_port);
	return 0;
}

int crl_server_new(struct crl_server **out, uint16_t port,
		   const struct crl_document *documents, size_t count,
		   struct error *err)
{
	struct crl_server *server = calloc(1, sizeof(*server));
	int rc;

	*out = NULL;
	if (!server)
		return error_set(err, ERR_NOMEM, "Out of memory");
	for (size_t i = 0; i < CRL_SERVER_MAX_CONNECTIONS; i++)
		server->connections[i].fd = -1;
	server->fd = -1;
	server->documents = documents;
	server->document_count = count;
	rc = listen_on(server, port, err);
	if (rc < 0) {
		crl_server_free(server);
		return rc;
	}
	*out = server;
	return 0;
}

void crl_server_free(struct crl_server *server)
{
	if (!server)
		return;
	for (size_t i = 0; i < CRL_SERVER_MAX_CONNECTIONS; i++)
		drop(&server->connections[i]);
	if (server->fd >= 0)
		close(server->fd);
	free(server);
}

uint16_t crl_server_port(const struct crl_server *server)
{
	return server->port;
}
