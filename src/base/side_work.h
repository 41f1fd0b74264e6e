/* SPDX-License-Identifier: MIT */
/*
 * Work on a stream of bytes in a thread of its own: while one piece is worked on,
 * the next is fetched. The caller's thread fills buffers, the other one empties
 * them, in order; there are no more than SIDE_WORK_BUFFERS.
 */
#ifndef UV_BASE_SIDE_WORK_H
#define UV_BASE_SIDE_WORK_H

#include <stddef.h>
#include <stdint.h>

#define SIDE_WORK_BUFFERS 2

/*
 * Works on @size bytes, found in buffer number @buffer. Returns 0 or a negative
 * enum error_code. Pieces behind a failed one are still given out.
 */
typedef int side_work_t(void *context, unsigned buffer, const uint8_t *bytes, size_t size);

struct side_work;

/*
 * Without a second thread, when none can be had, everything is done in
 * side_work_submit(). NULL when memory is short.
 */
struct side_work *side_work_new(size_t buffer_size, side_work_t *work, void *context);

/* A free buffer of that size, and in *@buffer its number (may be NULL); waits for one. */
uint8_t *side_work_buffer(struct side_work *side, unsigned *buffer);

/* Hands over the first @size bytes of the last side_work_buffer(). */
void side_work_submit(struct side_work *side, size_t size);

/* Waits until all that was submitted is done. 0, or the first failure. */
int side_work_drain(struct side_work *side);

/* Drains and frees. Returns what side_work_drain() returns. */
int side_work_free(struct side_work *side);

#endif
