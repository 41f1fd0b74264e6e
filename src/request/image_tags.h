/* SPDX-License-Identifier: MIT */
/*
 * What identifies a boot image to requests about it: the three digests and the
 * tag of its SE header, one after the other. An attestation measurement begins
 * with these bytes; an add-secret request holds them. See
 * docs/reference/attestation.md, "Measurement".
 */
#ifndef UV_REQUEST_IMAGE_TAGS_H
#define UV_REQUEST_IMAGE_TAGS_H

#include "base/log.h"
#include "image/digests.h"
#include "image/se_header.h"

struct image_tags {
	struct page_digest_values digests; /* 0x00 PLD, ALD, TLD */
	uint8_t tag[GCM_TAG_SIZE];         /* 0xc0 of the SE header */
};
WIRE_AT(struct image_tags, tag, 0xc0);
WIRE_SIZE(struct image_tags, 0xd0);

/* Those of a header. */
void image_tags_of(struct image_tags *tags, const struct se_header *header);

/*
 * Those of the image, or of the bare header, in the file @path. The header is not
 * authenticated. Errors as for se_image_open().
 */
int image_tags_read(struct image_tags *tags, const char *path,
		    const struct log *log, struct error *err);

#endif
