/* SPDX-License-Identifier: MIT */
/*
 * The pages of an image on their way from their sources into the file: read,
 * encrypted, written and hashed by threads that work side by side on a ring of
 * buffers. Memory is constant (some 16 MiB) whatever the sizes. The serial
 * SHA-512 over the contents decides the speed; everything else overlaps it.
 */
#ifndef UV_IMAGE_PAGE_PIPE_H
#define UV_IMAGE_PAGE_PIPE_H

#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "crypto/crypto.h"
#include "image/digests.h"
#include "image/source.h"

struct page_pipe;

/*
 * @fd: where pages are written, at file offset = address; -1 = nowhere (pages
 * are only hashed). @key: XTS_KEY_SIZE bytes to encrypt with, copied here;
 * NULL = pages pass as they are. Caller frees with page_pipe_free().
 */
int page_pipe_new(struct page_pipe **out, int fd, const uint8_t *key,
		  struct error *err);

/*
 * Feeds all of @source as the component at guest address @address with the
 * tweak prefix @prefix, padded with zeros to whole pages; an empty source makes
 * one page of zeros. *@size is the size without padding. The source is read
 * when this returns, but not yet all written and hashed. Components have to be
 * fed in ascending address order.
 */
int page_pipe_feed(struct page_pipe *pipe, struct source *source,
		   uint64_t address, uint64_t prefix, uint64_t *size,
		   struct error *err);

/*
 * Where to show how far the work is (may be NULL); @expected is the sum of all
 * sizes to come, with padding, as far as known.
 */
void page_pipe_show(struct page_pipe *pipe, const struct progress *progress,
		    uint64_t expected);

/*
 * Waits until all is written and hashed; then the digests and the number of
 * pages. To be called once; nothing can be fed afterwards.
 */
int page_pipe_finish(struct page_pipe *pipe, struct page_digest_values *values,
		     uint64_t *pages, struct error *err);

/* Stops what still runs and frees. NULL is allowed. */
void page_pipe_free(struct page_pipe *pipe);

#endif
