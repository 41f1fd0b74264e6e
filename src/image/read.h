/* SPDX-License-Identifier: MIT */
/*
 * Finds the SE header in a boot image (of the current or the legacy layout) or
 * in a file that holds nothing but a header. See docs/reference/se-image.md,
 * "Finding the header". Everything in the file is hostile.
 */
#ifndef UV_IMAGE_READ_H
#define UV_IMAGE_READ_H

#include <stdint.h>

#include "base/error.h"
#include "base/log.h"
#include "image/component_list.h"
#include "image/se_header.h"

enum se_image_form {
	SE_IMAGE_BARE_HEADER, /* the file starts with the header */
	SE_IMAGE_CURRENT,     /* with a metadata block */
	SE_IMAGE_LEGACY,      /* without: genprotimg up to 2.35 */
};

/* An image that was opened for reading. */
struct se_image {
	char *path;
	int fd;
	enum se_image_form form;
	uint64_t header_offset;
	uint64_t ipib_offset;    /* 0 for SE_IMAGE_BARE_HEADER */
	struct se_header header; /* points into header_bytes */
	uint8_t *header_bytes;
};

/*
 * Opens @path ("-": standard input; a pipe is enough when the header lies where
 * image creators put it), finds the header and checks its form. Caller frees
 * with se_image_close(). ERR_IO; ERR_NOT_FOUND: there is no header; ERR_FORMAT:
 * there is an invalid one.
 */
int se_image_open(struct se_image **out, const char *path,
		  const struct log *log, struct error *err);
void se_image_close(struct se_image *image);

/*
 * Only finds the header, whatever its version and content: *@offset is where its
 * magic lies in the file. Errors as for se_image_open(), without ERR_FORMAT.
 */
int se_image_locate(uint64_t *offset, const char *path, const struct log *log,
		    struct error *err);

/*
 * Reads the IPIB. ERR_UNSUPPORTED for a bare header, ERR_IO when the file
 * cannot be read by position, ERR_FORMAT for an invalid block.
 */
int se_image_components(const struct se_image *image, struct component_list *list,
			struct error *err);

#endif
