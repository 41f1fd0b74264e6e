/* SPDX-License-Identifier: MIT */
/*
 * How long work tells how far it is. The library calls update() now and then
 * (at least once for every few MiB, and at the end with done = total); whoever
 * runs it decides whether to show anything.
 */
#ifndef UV_BASE_PROGRESS_H
#define UV_BASE_PROGRESS_H

#include <stdint.h>

struct progress {
	void (*update)(void *context, uint64_t done, uint64_t total);
	void *context;
};

/* @progress may be NULL. */
static inline void progress_update(const struct progress *progress,
				   uint64_t done, uint64_t total)
{
	if (progress && progress->update)
		progress->update(progress->context, done, total);
}

#endif
