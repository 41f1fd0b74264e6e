/* SPDX-License-Identifier: MIT */
#include "request/image_tags.h"

#include <string.h>

#include "image/read.h"

void image_tags_of(struct image_tags *tags, const struct se_header *header)
{
	tags->digests = header->fixed->digests;
	memcpy(tags->tag, header->tag, sizeof(tags->tag));
}

int image_tags_read(struct image_tags *tags, const char *path,
		    const struct log *log, struct error *err)
{
	struct se_image *image;
	int rc = se_image_open(&image, path, log, err);

	if (rc < 0)
		return rc;
	image_tags_of(tags, &image->header);
	se_image_close(image);
	return 0;
}
