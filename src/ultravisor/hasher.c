/* SPDX-License-Identifier: MIT */
#include "ultravisor/hasher.h"

#include <stdlib.h>

#include "base/side_work.h"

/* Where the pages of a buffer were found. */
struct origin {
	uint64_t address;
	struct page_tweak tweak;
};

struct hasher {
	struct page_digests *digests;
	struct side_work *side;
	unsigned buffer; /* number of the last hasher_buffer() */
	struct origin origins[SIDE_WORK_BUFFERS];
};

static int digest(void *context, unsigned buffer, const uint8_t *bytes, size_t size)
{
	struct hasher *hasher = context;
	const struct origin *origin = &hasher->origins[buffer];

	return page_digests_add_run(hasher->digests, bytes, size / CRYPTO_PAGE_SIZE,
				    origin->address, &origin->tweak, NULL);
}

struct hasher *hasher_new(struct page_digests *digests)
{
	struct hasher *hasher = calloc(1, sizeof(*hasher));

	if (!hasher)
		return NULL;
	hasher->digests = digests;
	hasher->side = side_work_new(HASHER_PIECE_SIZE, digest, hasher);
	if (hasher->side)
		return hasher;
	free(hasher);
	return NULL;
}

uint8_t *hasher_buffer(struct hasher *hasher)
{
	return side_work_buffer(hasher->side, &hasher->buffer);
}

void hasher_submit(struct hasher *hasher, size_t size, uint64_t address,
		   struct page_tweak tweak)
{
	hasher->origins[hasher->buffer] = (struct origin){ address, tweak };
	side_work_submit(hasher->side, size);
}

int hasher_drain(struct hasher *hasher)
{
	return side_work_drain(hasher->side);
}

int hasher_free(struct hasher *hasher)
{
	int rc = side_work_free(hasher->side);

	free(hasher);
	return rc;
}
