/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "dump/target_internal.h"

int target_new(struct target **out, enum dump_format format,
	       const struct target_input *input, struct dump_reader *reader,
	       struct error *err)
{
	struct target *target = calloc(1, sizeof(*target));
	int rc;

	*out = NULL;
	if (!target)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = format == DUMP_FORMAT_ELF ? target_make_elf(target, input, err)
				       : target_make_s390(target, input, reader, err);
	if (rc < 0) {
		target_free(target);
		return rc;
	}
	*out = target;
	return 0;
}

void target_free(struct target *target)
{
	if (!target)
		return;
	if (target->head)
		secret_wipe(target->head, target->head_size);
	if (target->patches)
		secret_wipe(target->patches,
			    target->patch_count * sizeof(*target->patches));
	free(target->head);
	free(target->patches);
	free(target->segments);
	free(target);
}

int target_reserve(struct target *target, size_t head_size, size_t segments,
		   size_t patches, struct error *err)
{
	target->head = calloc(1, head_size);
	target->head_size = head_size;
	target->segments = calloc(segments, sizeof(*target->segments));
	target->patches = calloc(patches + 1, sizeof(*target->patches));
	if (!target->head || !target->segments || !target->patches)
		return error_set(err, ERR_NOMEM, "Out of memory");
	return 0;
}

static int add(struct target *target, struct target_segment segment, struct error *err)
{
	uint64_t end;

	if (segment.size == 0)
		return 0;
	if (__builtin_add_overflow(target->size, segment.size, &end) || end > INT64_MAX)
		return error_set(err, ERR_UNSUPPORTED,
				 "The dump is too large for a file of this format");
	segment.offset = target->size;
	target->segments[target->segment_count++] = segment;
	target->size = end;
	return 0;
}

int target_add_bytes(struct target *target, const uint8_t *bytes, size_t size,
		     struct error *err)
{
	return add(target, (struct target_segment){ .kind = SEGMENT_BYTES, .size = size,
						    .bytes = bytes }, err);
}

int target_add_range(struct target *target, const struct dump_range *range,
		     struct error *err)
{
	return add(target, (struct target_segment){ .kind = SEGMENT_MEMORY,
						    .size = range->size,
						    .source = range->source }, err);
}

int target_add_zeros(struct target *target, uint64_t size, struct error *err)
{
	return add(target, (struct target_segment){ .kind = SEGMENT_ZERO, .size = size },
		   err);
}

void target_patch(struct target *target, uint64_t offset, const void *bytes,
		  size_t size)
{
	struct target_patch *patch = &target->patches[target->patch_count++];

	patch->offset = offset;
	patch->size = size;
	memcpy(patch->bytes, bytes, size);
}

uint64_t target_size(const struct target *target)
{
	return target->size;
}

static const struct target_segment *find_segment(const struct target *target,
						 uint64_t offset)
{
	size_t low = 0, high = target->segment_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct target_segment *segment = &target->segments[middle];

		if (offset < segment->offset)
			high = middle;
		else if (offset - segment->offset >= segment->size)
			low = middle + 1;
		else
			return segment;
	}
	return NULL;
}

uint64_t target_next_data(const struct target *target, uint64_t offset)
{
	const struct target_segment *segment = find_segment(target, offset);
	const struct target_segment *end = target->segments + target->segment_count;
	uint64_t next = target->size;

	while (segment && segment < end && segment->kind == SEGMENT_ZERO)
		segment++;
	if (segment && segment < end)
		next = segment->offset;
	for (size_t i = 0; i < target->patch_count; i++)
		if (target->patches[i].offset + target->patches[i].size > offset &&
		    target->patches[i].offset < next)
			next = target->patches[i].offset;
	return next > offset ? next : offset;
}

static int read_segment(const struct target_segment *segment,
			struct dump_reader *reader, uint64_t within, void *data,
			size_t size, struct error *err)
{
	switch (segment->kind) {
	case SEGMENT_BYTES:
		memcpy(data, segment->bytes + within, size);
		return 0;
	case SEGMENT_MEMORY:
		return dump_read(reader, segment->source + within, data, size, err);
	case SEGMENT_ZERO:
		break;
	}
	memset(data, 0, size);
	return 0;
}

/* What of @patch lies in the @size bytes at file offset @offset. */
static void apply(const struct target_patch *patch, uint64_t offset, uint8_t *data,
		  size_t size)
{
	uint64_t start = patch->offset > offset ? patch->offset : offset;
	uint64_t end = patch->offset + patch->size < offset + size
		? patch->offset + patch->size : offset + size;

	if (start < end)
		memcpy(data + (start - offset), patch->bytes + (start - patch->offset),
		       (size_t)(end - start));
}

int target_read(const struct target *target, struct dump_reader *reader,
		uint64_t offset, void *data, size_t size, struct error *err)
{
	uint8_t *out = data;

	for (size_t done = 0, here; done < size; done += here) {
		const struct target_segment *segment = find_segment(target, offset + done);
		uint64_t within;
		int rc;

		if (!segment)
			return error_set(err, ERR_INVALID, "Read beyond the end of the dump");
		within = offset + done - segment->offset;
		here = size - done;
		if (segment->size - within < here)
			here = (size_t)(segment->size - within);
		rc = read_segment(segment, reader, within, out + done, here, err);
		if (rc < 0)
			return rc;
	}
	for (size_t i = 0; i < target->patch_count; i++)
		apply(&target->patches[i], offset, out, size);
	return 0;
}
