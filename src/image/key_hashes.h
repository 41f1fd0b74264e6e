/* SPDX-License-Identifier: MIT */
/*
 * The hashes of a machine's host keys as Linux reports them in
 * /sys/firmware/uv/keys/all: 15 lines of 64 hexadecimal digits. The first is
 * the host key's, the second the backup host key's.
 */
#ifndef UV_IMAGE_KEY_HASHES_H
#define UV_IMAGE_KEY_HASHES_H

#include <stdint.h>

#include "base/error.h"
#include "crypto/ec.h"

#define KEY_HASHES_COUNT 15

struct key_hashes {
	uint8_t hash[KEY_HASHES_COUNT][PHKH_SIZE];
};

/* ERR_FORMAT for another number of lines, or other lines; ERR_NOT_FOUND, ERR_IO. */
int key_hashes_read(struct key_hashes *hashes, const char *file,
		    struct error *err);

#endif
