/* SPDX-License-Identifier: MIT */
#include "pvattest/store_options.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "request/sealed_request.h"
#include "secret/asrcb.h"

static int read_tag(uint8_t tag[GCM_TAG_SIZE], const char *path, struct error *err)
{
	struct sealed_request request;
	uint8_t *bytes;
	size_t size;
	int rc = file_read(&bytes, &size, path, REQUEST_MAX_SIZE, err);

	if (rc < 0)
		return rc;
	rc = sealed_request_parse(&request, bytes, size, err);
	if (rc == 0 && memcmp(request.head->magic, ASRCB_MAGIC, ASRCB_MAGIC_SIZE) != 0)
		rc = error_set(err, ERR_FORMAT, "It does not start with " ASRCB_MAGIC);
	if (rc == 0)
		memcpy(tag, request.tag, GCM_TAG_SIZE);
	free(bytes);
	return rc < 0 ? error_wrap(err, rc, "'%s' is no add-secret request", path) : 0;
}

int store_tags_read(uint8_t **tags, const struct cli_list *requests, struct error *err)
{
	int rc = 0;

	*tags = calloc(requests->count + 1, GCM_TAG_SIZE);
	if (!*tags)
		return error_set(err, ERR_NOMEM, "Out of memory");
	for (size_t i = 0; rc == 0 && i < requests->count; i++)
		rc = read_tag(*tags + i * GCM_TAG_SIZE, requests->items[i], err);
	if (rc < 0) {
		free(*tags);
		*tags = NULL;
	}
	return rc;
}
