/* SPDX-License-Identifier: MIT */
/*
 * A web server for a handful of documents that it holds in memory: what a CA
 * publishes. It listens on 127.0.0.1 only and opens no file while it runs, so a
 * request can reach nothing but these documents.
 *
 * Requests are hostile: each connection has one small buffer, a few seconds
 * and one answer.
 */
#ifndef UV_MACHINE_CRL_SERVER_H
#define UV_MACHINE_CRL_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/log.h"

#define CRL_SERVER_MAX_REQUEST 4096  /* bytes of request line and header */
#define CRL_SERVER_TIMEOUT_MS 5000   /* from connecting to the last byte sent */
#define CRL_SERVER_MAX_CONNECTIONS 32 /* more wait until one ends */

struct crl_document {
	char *path;       /* as in the request line: "/ca/rootCA.crl" */
	const char *type; /* media type */
	uint8_t *body;
	size_t size;
};

struct crl_server;

/*
 * Listens on 127.0.0.1, @port (0 = any that is free). @documents have to outlive
 * the server. Caller frees with crl_server_free(), which closes everything.
 */
int crl_server_new(struct crl_server **out, uint16_t port,
		   const struct crl_document *documents, size_t count,
		   struct error *err);
void crl_server_free(struct crl_server *server);

uint16_t crl_server_port(const struct crl_server *server);

/*
 * Answers requests until @stop_fd becomes readable; each answer is a remark
 * in @log. Returns 0 then, or ERR_IO.
 */
int crl_server_run(struct crl_server *server, int stop_fd, const struct log *log,
		   struct error *err);

/*
 * The answer to the request of @size bytes at @request, complete up to its
 * empty line: the status code, and for 200 which document, and whether only
 * its header is wanted. Pure; part of the interface so that it can be tested.
 */
unsigned crl_server_route(const struct crl_document *documents, size_t count,
			  const char *request, size_t size,
			  const struct crl_document **document, bool *head_only);

#endif
