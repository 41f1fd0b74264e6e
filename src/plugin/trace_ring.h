/* SPDX-License-Identifier: MIT */
/*
 * The last ultravisor calls, as the lines that the ultravisor reports them in.
 * Lines are numbered from 0; the ring keeps the newest TRACE_RING_LINES. Adding
 * never waits for a reader.
 */
#ifndef UV_PLUGIN_TRACE_RING_H
#define UV_PLUGIN_TRACE_RING_H

#include <stdint.h>

#include "base/text.h"

/* Room for a guest's start: Linux shares 16384 pages for its bounce buffers. */
#define TRACE_RING_LINES 20480
#define TRACE_LINE_SIZE 256 /* with the NUL; longer lines are dropped */

struct trace_ring;

/* NULL when memory is short. Caller frees. */
struct trace_ring *trace_ring_new(void);
void trace_ring_free(struct trace_ring *ring);

void trace_ring_add(struct trace_ring *ring, const char *line);

/* The number that the next line to be added will get. */
uint64_t trace_ring_end(struct trace_ring *ring);

/*
 * Copies line @number to @line. Returns how many lines from @number on are gone
 * already (then the oldest that is left was copied), or -1 when there is no
 * line @number yet.
 */
int64_t trace_ring_read(struct trace_ring *ring, uint64_t number,
			char line[TRACE_LINE_SIZE]);

#endif
