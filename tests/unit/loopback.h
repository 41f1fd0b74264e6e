/* SPDX-License-Identifier: MIT */
/*
 * An HTTP server on 127.0.0.1, in a thread: serves the files of a folder, and
 * misbehaves on request.
 */
#ifndef UV_TESTS_LOOPBACK_H
#define UV_TESTS_LOOPBACK_H

#include <stddef.h>

struct loopback;

enum loopback_kind {
	LOOPBACK_FILE,     /* @value is a file to send instead */
	LOOPBACK_STATUS,   /* @value is the status line, "404 Not Found" */
	LOOPBACK_REDIRECT, /* @value is the new location */
	LOOPBACK_HANG,     /* no answer at all */
	LOOPBACK_TEXT,     /* @value is the body */
	LOOPBACK_FLOOD,    /* an endless body whose length is not announced */
};

/* Starts to serve @folder; aborts the test when that fails. */
struct loopback *loopback_start(const char *folder);
void loopback_stop(struct loopback *server);

/* "http://127.0.0.1:PORT". */
const char *loopback_url(const struct loopback *server);

/* From now on @path ("/x.crl") is answered so. Both strings have to stay. */
void loopback_set(struct loopback *server, const char *path,
		  enum loopback_kind kind, const char *value);

/* Back to the files, and to no hits. */
void loopback_reset(struct loopback *server);

/* The last request, head and body; valid until the next one. */
const char *loopback_request(const struct loopback *server);

/* How often @path was asked for; NULL = anything. */
size_t loopback_hits(struct loopback *server, const char *path);

#endif
