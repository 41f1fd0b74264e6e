/* SPDX-License-Identifier: MIT */
/*
 * Is what an image carries what its header promises? The check that the
 * ultravisor makes at the end of unpacking, done offline. No key is needed:
 * the digests cover the pages as they are stored. (Whether the header itself
 * is genuine says se_header_open().) See docs/reference/se-image.md,
 * "Verifying an image".
 */
#ifndef UV_IMAGE_VERIFY_H
#define UV_IMAGE_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "image/read.h"

struct image_verdict {
	bool pages_match;     /* number of pages (NEP); if not, nothing else is compared */
	bool contents_match;  /* PLD */
	bool addresses_match; /* ALD */
	bool tweaks_match;    /* TLD */
	bool header_linked;   /* the IPIB points to this header, or leaves it open */
	uint64_t pages;       /* in the image's components */
	struct page_digest_values digests; /* of the image's components */
};

/* All of the above. */
bool image_verdict_is_yes(const struct image_verdict *verdict);

/*
 * Reads all components and compares. Returns 0 with a verdict, be it yes or no;
 * errors as for se_image_components(), and ERR_FORMAT when a component lies
 * outside the file or covers the header.
 */
int image_verify(struct image_verdict *verdict, const struct se_image *image,
		 const struct progress *progress, struct error *err);

#endif
