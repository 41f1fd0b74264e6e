/* SPDX-License-Identifier: MIT */
#include "plugin/trace_ring.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct trace_ring {
	pthread_mutex_t lock;
	uint64_t end; /* lines added so far */
	char lines[TRACE_RING_LINES][TRACE_LINE_SIZE];
};

struct trace_ring *trace_ring_new(void)
{
	/* Untouched pages cost nothing until lines come. */
	struct trace_ring *ring = calloc(1, sizeof(*ring));

	if (ring)
		pthread_mutex_init(&ring->lock, NULL);
	return ring;
}

void trace_ring_free(struct trace_ring *ring)
{
	if (!ring)
		return;
	pthread_mutex_destroy(&ring->lock);
	free(ring);
}

void trace_ring_add(struct trace_ring *ring, const char *line)
{
	size_t size = strlen(line) + 1;

	if (size > TRACE_LINE_SIZE)
		return;
	pthread_mutex_lock(&ring->lock);
	memcpy(ring->lines[ring->end % TRACE_RING_LINES], line, size);
	ring->end++;
	pthread_mutex_unlock(&ring->lock);
}

uint64_t trace_ring_end(struct trace_ring *ring)
{
	uint64_t end;

	pthread_mutex_lock(&ring->lock);
	end = ring->end;
	pthread_mutex_unlock(&ring->lock);
	return end;
}

int64_t trace_ring_read(struct trace_ring *ring, uint64_t number,
			char line[TRACE_LINE_SIZE])
{
	int64_t gone = -1;

	pthread_mutex_lock(&ring->lock);
	if (number < ring->end) {
		uint64_t oldest = ring->end > TRACE_RING_LINES ?
					  ring->end - TRACE_RING_LINES : 0;

		gone = number < oldest ? (int64_t)(oldest - number) : 0;
		number += (uint64_t)gone;
		strcpy(line, ring->lines[number % TRACE_RING_LINES]);
	}
	pthread_mutex_unlock(&ring->lock);
	return gone;
}
