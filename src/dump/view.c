/* SPDX-License-Identifier: MIT */
#include "dump/view.h"

#include <inttypes.h>
#include <stdlib.h>

#define MIB (1024UL * 1024)
/* Where a kdump kernel remembers the memory that it was started in. */
#define OLD_MEMORY_BASE 0x10418
#define OLD_MEMORY_SIZE 0x10420

struct kdump_area {
	uint64_t base;
	uint64_t size; /* 0: there is no second system */
};

/* Is all of [@address, @address + @size) in the dump? */
static bool dump_has(const struct dump *dump, uint64_t address, uint64_t size)
{
	size_t count;
	const struct dump_chunk *chunks = dump_chunks(dump, &count);

	for (size_t i = 0; i < count && size > 0; i++) {
		uint64_t within = address - chunks[i].address, here;

		if (address < chunks[i].address || within >= chunks[i].size)
			continue;
		here = chunks[i].size - within;
		if (here >= size)
			return true;
		address += here;
		size -= here;
	}
	return size == 0;
}

static struct kdump_area find_kdump(const struct dump *dump, struct dump_reader *reader)
{
	struct { be64_t base, size; } words;
	struct kdump_area area;
	uint64_t end;

	_Static_assert(OLD_MEMORY_SIZE == OLD_MEMORY_BASE + 8, "the words are neighbours");
	if (dump_read(reader, OLD_MEMORY_BASE, &words, sizeof(words), NULL) < 0)
		return (struct kdump_area){ 0 };
	area.base = be64_get(words.base);
	area.size = be64_get(words.size);
	if (area.base == 0 || area.size == 0 || area.base % MIB || area.size % MIB ||
	    area.size > area.base || __builtin_add_overflow(area.base, area.size, &end) ||
	    !dump_has(dump, area.base, area.size))
		return (struct kdump_area){ 0 };
	return area;
}

/* Appends what the dump has of [@from, @to), moved down by @down. */
static void append(struct dump_view *view, const struct dump *dump, uint64_t from,
		   uint64_t to, uint64_t down)
{
	size_t count;
	const struct dump_chunk *chunks = dump_chunks(dump, &count);

	for (size_t i = 0; i < count; i++) {
		uint64_t start = chunks[i].address, end = start + chunks[i].size;

		if (start < from)
			start = from;
		if (end > to)
			end = to;
		if (start < end)
			view->ranges[view->count++] = (struct dump_range){
				.address = start - down,
				.size = end - start,
				.source = start,
				.zero = chunks[i].zero,
			};
	}
}

static void append_system(struct dump_view *view, const struct dump *dump,
			  const struct kdump_area *area, enum dump_system system)
{
	switch (system) {
	case DUMP_SYSTEM_PRODUCTION:
		append(view, dump, area->base, area->base + area->size, area->base);
		append(view, dump, area->size, area->base, 0);
		append(view, dump, area->base + area->size, UINT64_MAX, 0);
		break;
	case DUMP_SYSTEM_KDUMP:
		append(view, dump, 0, area->size ? area->size : UINT64_MAX, 0);
		break;
	default:
		append(view, dump, 0, UINT64_MAX, 0);
	}
}

static int check_choice(const struct kdump_area *area, enum dump_system system,
			struct error *err)
{
	if (area->size && system == DUMP_SYSTEM_UNSPECIFIED) {
		error_set(err, ERR_INVALID,
			  "The dump holds two systems: a kdump kernel, and below it the "
			  "production system at 0x%" PRIx64, area->base);
		return error_hint(err, ERR_INVALID, "Choose with --select kdump, prod or all");
	}
	if (!area->size && system == DUMP_SYSTEM_PRODUCTION)
		return error_set(err, ERR_INVALID,
				 "The dump holds only one system: --select prod finds nothing");
	return 0;
}

int dump_view_make(struct dump_view *view, const struct dump *dump,
		   struct dump_reader *reader, enum dump_system system,
		   struct error *err)
{
	struct kdump_area area = find_kdump(dump, reader);
	size_t count;
	int rc = check_choice(&area, system, err);

	*view = (struct dump_view){ 0 };
	if (rc < 0)
		return rc;
	dump_chunks(dump, &count);
	/* A chunk can be cut at both ends of the area that was moved. */
	view->ranges = calloc(count + 4, sizeof(*view->ranges));
	if (!view->ranges)
		return error_set(err, ERR_NOMEM, "Out of memory");
	append_system(view, dump, &area, system);
	/* The CPUs run the kdump kernel. */
	view->has_registers = system != DUMP_SYSTEM_PRODUCTION;
	return 0;
}

void dump_view_free(struct dump_view *view)
{
	free(view->ranges);
	*view = (struct dump_view){ 0 };
}

static const struct dump_range *find_range(const struct dump_view *view,
					   uint64_t address)
{
	size_t low = 0, high = view->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct dump_range *range = &view->ranges[middle];

		if (address < range->address)
			high = middle;
		else if (address - range->address >= range->size)
			low = middle + 1;
		else
			return range;
	}
	return NULL;
}

int dump_view_read(const struct dump_view *view, struct dump_reader *reader,
		   uint64_t address, void *data, size_t size, struct error *err)
{
	uint8_t *out = data;

	while (size > 0) {
		const struct dump_range *range = find_range(view, address);
		uint64_t within;
		size_t here;
		int rc;

		if (!range)
			return error_set(err, ERR_NOT_FOUND,
					 "The dump does not contain the memory at address 0x%"
					 PRIx64, address);
		within = address - range->address;
		here = range->size - within < size ? (size_t)(range->size - within) : size;
		rc = dump_read(reader, range->source + within, out, here, err);
		if (rc < 0)
			return rc;
		out += here;
		size -= here;
		address += here;
	}
	return 0;
}
