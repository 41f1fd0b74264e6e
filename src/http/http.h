/* SPDX-License-Identifier: MIT */
/* One HTTP(S) request within limits. */
#ifndef UV_HTTP_HTTP_H
#define UV_HTTP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct http_request {
	const char *url;
	const char *user_agent;
	const char *json;          /* sent by POST; NULL: nothing is, by GET */
	const char *field;         /* one more header field, "name: value"; or NULL */
	bool stays_secure;         /* what began with https is not redirected to http */
	long connect_ms, total_ms; /* redirects included */
	size_t max_size;           /* of the answer, bytes */
};

/*
 * Asks by http or https and nothing else, redirects included (up to five). *@data
 * (caller frees) holds the answer. ERR_IO when there is none with status 200, in
 * time and within its size; ERR_UNSUPPORTED in a program without network code.
 * *@data is NULL after a failure.
 */
int http_ask(uint8_t **data, size_t *size, const struct http_request *request,
	     struct error *err);

#endif
