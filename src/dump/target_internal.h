/* SPDX-License-Identifier: MIT */
/* What the target formats share; nobody else includes it. */
#ifndef UV_DUMP_TARGET_INTERNAL_H
#define UV_DUMP_TARGET_INTERNAL_H

#include "dump/target.h"

/* The file is a row of segments without gaps ... */
struct target_segment {
	uint64_t offset;
	uint64_t size;
	enum { SEGMENT_BYTES, SEGMENT_MEMORY, SEGMENT_ZERO } kind;
	const uint8_t *bytes; /* SEGMENT_BYTES: the target's blob or constant */
	uint64_t source;      /* SEGMENT_MEMORY: address in the dump */
};

/* ... over some bytes of which patches lie. */
#define PATCH_MAX_SIZE 512
struct target_patch {
	uint64_t offset;
	size_t size;
	uint8_t bytes[PATCH_MAX_SIZE];
};

struct target {
	uint64_t size; /* the end of the segments so far */
	struct target_segment *segments;
	size_t segment_count;
	struct target_patch *patches;
	size_t patch_count;
	uint8_t *head; /* the file's first bytes */
	size_t head_size;
};

/* Makes room; to be called once. */
int target_reserve(struct target *target, size_t head_size, size_t segments,
		   size_t patches, struct error *err);

/* Appends. Room is there. ERR_UNSUPPORTED when the file would get too large. */
int target_add_bytes(struct target *target, const uint8_t *bytes, size_t size,
		     struct error *err);
int target_add_range(struct target *target, const struct dump_range *range,
		     struct error *err);
int target_add_zeros(struct target *target, uint64_t size, struct error *err);

void target_patch(struct target *target, uint64_t offset, const void *bytes,
		  size_t size);

/* The formats. @target is all zeros; they fill it. */
int target_make_elf(struct target *target, const struct target_input *input,
		    struct error *err);
int target_make_s390(struct target *target, const struct target_input *input,
		     struct dump_reader *reader, struct error *err);

#endif
