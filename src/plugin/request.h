/* SPDX-License-Identifier: MIT */
/*
 * One request on the control socket: a line of JSON in QMP's manner,
 * {"execute": NAME, "arguments": {...}, "id": ANY SCALAR}. The reader knows these
 * few names and flat values only, so that it is small and bounded. See
 * docs/reference/control-socket.md.
 */
#ifndef UV_PLUGIN_REQUEST_H
#define UV_PLUGIN_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define REQUEST_MAX_SIZE 1024
#define REQUEST_NAME_SIZE 32
#define REQUEST_ID_SIZE 72

struct request {
	char execute[REQUEST_NAME_SIZE];
	char id[REQUEST_ID_SIZE]; /* as it was written; "" when absent */
	bool follow;              /* trace: go on with later calls */
	bool has_last;
	uint64_t last;            /* trace: at most so many of the last calls */
	uint64_t from;            /* shared-pages: first address */
	bool pause;               /* dump: leave the guest paused */
};

/* ERR_FORMAT, with position, for anything else. @line needs no NUL. */
int request_parse(struct request *request, const char *line, size_t size,
		  struct error *err);

#endif
