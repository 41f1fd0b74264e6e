/* SPDX-License-Identifier: MIT */
/* What the verbs share that take an add-secret request. */
#ifndef UV_TOOLS_PVSECRET_REQUEST_FILE_H
#define UV_TOOLS_PVSECRET_REQUEST_FILE_H

#include "secret/asrcb.h"

struct request_file {
	uint8_t *bytes;
	struct asrcb asrcb; /* points into bytes */
};

/*
 * Reads the request in the file @path ("-": standard input) and checks its
 * form. Caller frees with request_file_free().
 */
int request_file_read(struct request_file *file, const char *path, struct error *err);
void request_file_free(struct request_file *file);

#endif
