/* SPDX-License-Identifier: MIT */
/*
 * Where the bytes of an image component come from: a file, FIFO or standard
 * input that is read once from front to back, a range of an open file, or
 * memory. Its first bytes can be looked at before they are read.
 */
#ifndef UV_IMAGE_SOURCE_H
#define UV_IMAGE_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct source;

/*
 * A source over the file @path ("-" is standard input; FIFOs and /proc/PID/fd
 * paths work). A FIFO is opened at the first read only, so that one writer may
 * fill several of them in turn. Caller frees.
 */
int source_from_file(struct source **out, const char *path, struct error *err);

/* A source over @size bytes of the seekable @fd, which stays the caller's. */
int source_from_range(struct source **out, int fd, uint64_t offset,
		      uint64_t size, const char *name, struct error *err);

/* A source over @size bytes at @bytes, which have to outlive it. */
int source_from_bytes(struct source **out, const void *bytes, size_t size,
		      const char *name, struct error *err);

void source_free(struct source *source);

/*
 * The first bytes, up to @count, without consuming them; fewer at *@got when
 * the source is shorter. To be called at most once and before source_read().
 * *@bytes lives as long as the source.
 */
int source_peek(struct source *source, size_t count, const uint8_t **bytes,
		size_t *got, struct error *err);

/* Reads until @room bytes are there or the source ends. */
int source_read(struct source *source, void *data, size_t room, size_t *got,
		struct error *err);

/* How many bytes there are, or 0 when that shows only at the end. */
uint64_t source_known_size(const struct source *source);

#endif
