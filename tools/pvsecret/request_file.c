/* SPDX-License-Identifier: MIT */
#include "pvsecret/request_file.h"

#include <stdlib.h>

#include "base/file.h"

int request_file_read(struct request_file *file, const char *path, struct error *err)
{
	size_t size;
	int rc = file_read(&file->bytes, &size, path, REQUEST_MAX_SIZE, err);

	if (rc < 0) {
		file->bytes = NULL;
		return rc;
	}
	rc = asrcb_parse(&file->asrcb, file->bytes, size, UINT64_MAX, NULL, err);
	if (rc == 0)
		return 0;
	request_file_free(file);
	return error_wrap(err, rc, "Cannot use '%s'", path);
}

void request_file_free(struct request_file *file)
{
	free(file->bytes);
	file->bytes = NULL;
}
