/* SPDX-License-Identifier: MIT */
#include "image/key_hashes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hex.h"

#define LINE_LIMIT (2 * PHKH_SIZE + 2) /* with a carriage return and a newline */
#define FILE_LIMIT (KEY_HASHES_COUNT * LINE_LIMIT)

static int parse_line(uint8_t hash[PHKH_SIZE], const char **at, struct error *err)
{
	size_t length = strcspn(*at, "\n");
	size_t digits = length;
	int rc;

	if (digits > 0 && (*at)[digits - 1] == '\r')
		digits--;
	rc = hex_decode(hash, PHKH_SIZE, *at, digits, err);
	*at += length;
	if (**at == '\n')
		++*at;
	return rc;
}

static int parse(struct key_hashes *hashes, const char *at, const char *end,
		 struct error *err)
{
	for (size_t i = 0; i < KEY_HASHES_COUNT; i++) {
		int rc = parse_line(hashes->hash[i], &at, err);

		if (rc < 0)
			return error_wrap(err, rc, "Line %zu", i + 1);
	}
	if (at != end)
		return error_set(err, ERR_FORMAT, "There are more than %d lines",
				 KEY_HASHES_COUNT);
	return 0;
}

int key_hashes_read(struct key_hashes *hashes, const char *file,
		    struct error *err)
{
	uint8_t *bytes;
	size_t size;
	int rc = file_read(&bytes, &size, file, FILE_LIMIT, err);

	if (rc == ERR_IO && access(file, F_OK) < 0 && errno == ENOENT)
		return ERR_NOT_FOUND;
	if (rc == 0) {
		rc = parse(hashes, (const char *)bytes, (const char *)bytes + size, err);
		free(bytes);
	}
	if (rc < 0)
		return error_wrap(err, rc, "Invalid UV key hashes in '%s'", file);
	return 0;
}
