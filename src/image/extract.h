/* SPDX-License-Identifier: MIT */
/*
 * Takes the SE header out of an image as bytes, of whatever version it is. See
 * docs/reference/se-image.md, "Finding the header".
 */
#ifndef UV_IMAGE_EXTRACT_H
#define UV_IMAGE_EXTRACT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/log.h"

/* Where extraction looks when it is not told: pages 0x14 to 0x17. */
#define EXTRACT_SKIP_PAGES 0x14
#define EXTRACT_PAGES 0x4

/* Headers are not larger, whatever their version. */
#define EXTRACT_SIZE_LIMIT (4UL * 1024 * 1024)

/* Pages of 4096 bytes to look at; the magic may stand at any 16-byte boundary. */
struct extract_window {
	uint64_t skip;
	uint64_t pages;
};

struct extracted_header {
	uint8_t *bytes;
	size_t size;
	uint64_t offset; /* in the file */
};

/*
 * Looks for a header in @window of the file @path; with NULL where image
 * creators put it, else in the default window. Caller frees @bytes.
 * ERR_NOT_FOUND: no file, or no header; ERR_FORMAT: one that cannot be; ERR_IO.
 */
int header_extract(struct extracted_header *header, const char *path,
		   const struct extract_window *window, const struct log *log,
		   struct error *err);

#endif
