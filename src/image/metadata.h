/* SPDX-License-Identifier: MIT */
/*
 * Image metadata: a hint for readers, at IMAGE_METADATA_ADDRESS, where header
 * and IPIB lie. Not covered by any digest. See docs/reference/se-image.md,
 * "Metadata block".
 */
#ifndef UV_IMAGE_METADATA_H
#define UV_IMAGE_METADATA_H

#include <stdint.h>

#include "base/be.h"

#define IMAGE_METADATA_MAGIC "SeImgLnx"
#define IMAGE_METADATA_VERSION_1 1

struct image_metadata {
	uint8_t magic[8];     /* 0x00 */
	be64_t header_offset; /* 0x08 in the file */
	be32_t version;       /* 0x10 */
	be64_t ipib_offset;   /* 0x14 in the file */
};
WIRE_AT(struct image_metadata, header_offset, 0x08);
WIRE_AT(struct image_metadata, version, 0x10);
WIRE_AT(struct image_metadata, ipib_offset, 0x14);
WIRE_SIZE(struct image_metadata, 28);

#endif
