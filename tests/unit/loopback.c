/* SPDX-License-Identifier: MIT */
#include "loopback.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "unit.h"

#define MAX_RULES 8
#define MAX_HITS 64
#define PATH_SIZE 256
#define REQUEST_SIZE 4096

struct rule {
	const char *path, *value;
	enum loopback_kind kind;
};

struct loopback {
	char folder[PATH_SIZE];
	char url[64];
	char request[REQUEST_SIZE]; /* the last one */
	int socket;
	pthread_t thread;
	pthread_mutex_t lock; /* protects what follows */
	struct rule rules[MAX_RULES];
	size_t rule_count;
	char hits[MAX_HITS][PATH_SIZE];
	size_t hit_count;
	int hanging[MAX_HITS]; /* connections that get no answer */
	size_t hanging_count;
};

static void send_bytes(int fd, const void *data, size_t size)
{
	const char *at = data;

	while (size > 0) {
		ssize_t sent = send(fd, at, size, MSG_NOSIGNAL);

		if (sent <= 0)
			return;
		at += sent;
		size -= (size_t)sent;
	}
}

static void __attribute__((format(printf, 2, 3)))
send_text(int fd, const char *format, ...)
{
	char text[512];
	va_list ap;
	int length;

	va_start(ap, format);
	length = vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	send_bytes(fd, text, (size_t)length);
}

static void send_body(int fd, const void *data, size_t size)
{
	send_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
		  size);
	send_bytes(fd, data, size);
}

static void send_file(int fd, const char *path)
{
	uint8_t *data;
	size_t size;

	if (file_read(&data, &size, path, 1 << 24, NULL) < 0) {
		send_text(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
		return;
	}
	send_body(fd, data, size);
	free(data);
}

/* Until the other side has had enough. */
static void send_flood(int fd)
{
	static const char block[4096] = "flood";

	send_text(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
	while (send(fd, block, sizeof(block), MSG_NOSIGNAL) > 0)
		;
}

static void answer(int fd, const struct rule *rule)
{
	switch (rule->kind) {
	case LOOPBACK_FILE:
		send_file(fd, rule->value);
		break;
	case LOOPBACK_STATUS:
		send_text(fd, "HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n", rule->value);
		break;
	case LOOPBACK_REDIRECT:
		send_text(fd, "HTTP/1.1 302 Found\r\nLocation: %s\r\n"
			      "Content-Length: 0\r\n\r\n", rule->value);
		break;
	case LOOPBACK_TEXT:
		send_body(fd, rule->value, strlen(rule->value));
		break;
	case LOOPBACK_FLOOD:
		send_flood(fd);
		break;
	case LOOPBACK_HANG:
		break;
	}
}

/* Notes the request and finds what to do; false = it hangs. */
static bool note_request(struct loopback *server, const char *path, int fd,
			 struct rule *rule)
{
	bool hang;

	pthread_mutex_lock(&server->lock);
	if (server->hit_count < MAX_HITS)
		snprintf(server->hits[server->hit_count++], PATH_SIZE, "%s", path);
	for (size_t i = 0; i < server->rule_count; i++)
		if (strcmp(server->rules[i].path, path) == 0)
			*rule = server->rules[i];
	hang = rule->kind == LOOPBACK_HANG && server->hanging_count < MAX_HITS;
	if (hang)
		server->hanging[server->hanging_count++] = fd;
	pthread_mutex_unlock(&server->lock);
	return !hang;
}

/* All of head and body that are there, or as much as there is room for. */
static void receive_request(char request[REQUEST_SIZE], int fd)
{
	size_t used = 0, wanted = REQUEST_SIZE - 1;

	while (used < wanted) {
		ssize_t got = recv(fd, request + used, wanted - used, 0);
		char *body, *length;

		if (got <= 0)
			break;
		used += (size_t)got;
		request[used] = '\0';
		body = strstr(request, "\r\n\r\n");
		if (!body)
			continue;
		length = strcasestr(request, "\r\nContent-Length:");
		wanted = (size_t)(body + 4 - request) +
			 (length && length < body ? strtoul(length + 17, NULL, 10) : 0);
	}
	request[used] = '\0';
}

static void serve(struct loopback *server, int fd)
{
	char path[PATH_SIZE], file[2 * PATH_SIZE];
	struct rule rule = { .kind = LOOPBACK_FILE, .value = file };

	receive_request(server->request, fd);
	if (sscanf(server->request, "GET %255s", path) != 1 &&
	    sscanf(server->request, "POST %255s", path) != 1) {
		close(fd);
		return;
	}
	snprintf(file, sizeof(file), "%s%s", server->folder, path);
	if (!note_request(server, path, fd, &rule))
		return;
	answer(fd, &rule);
	close(fd);
}

static void *run(void *context)
{
	struct loopback *server = context;
	int fd;

	while ((fd = accept(server->socket, NULL, NULL)) >= 0)
		serve(server, fd);
	return NULL;
}

struct loopback *loopback_start(const char *folder)
{
	struct loopback *server = calloc(1, sizeof(*server));
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t size = sizeof(address);

	assert_non_null(server);
	snprintf(server->folder, sizeof(server->folder), "%s", folder);
	pthread_mutex_init(&server->lock, NULL);
	server->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(server->socket, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(server->socket, 16), 0);
	assert_int_equal(getsockname(server->socket, (struct sockaddr *)&address, &size), 0);
	snprintf(server->url, sizeof(server->url), "http://127.0.0.1:%u",
		 ntohs(address.sin_port));
	assert_int_equal(pthread_create(&server->thread, NULL, run, server), 0);
	return server;
}

void loopback_reset(struct loopback *server)
{
	pthread_mutex_lock(&server->lock);
	server->rule_count = server->hit_count = 0;
	while (server->hanging_count > 0)
		close(server->hanging[--server->hanging_count]);
	pthread_mutex_unlock(&server->lock);
}

void loopback_stop(struct loopback *server)
{
	shutdown(server->socket, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	close(server->socket);
	loopback_reset(server);
	pthread_mutex_destroy(&server->lock);
	free(server);
}

const char *loopback_url(const struct loopback *server)
{
	return server->url;
}

const char *loopback_request(const struct loopback *server)
{
	return server->request;
}

void loopback_set(struct loopback *server, const char *path,
		  enum loopback_kind kind, const char *value)
{
	pthread_mutex_lock(&server->lock);
	assert_true(server->rule_count < MAX_RULES);
	server->rules[server->rule_count++] = (struct rule){ path, value, kind };
	pthread_mutex_unlock(&server->lock);
}

size_t loopback_hits(struct loopback *server, const char *path)
{
	size_t count = 0;

	pthread_mutex_lock(&server->lock);
	for (size_t i = 0; i < server->hit_count; i++)
		if (!path || strcmp(server->hits[i], path) == 0)
			count++;
	pthread_mutex_unlock(&server->lock);
	return count;
}
