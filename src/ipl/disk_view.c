/* SPDX-License-Identifier: MIT */
#include "ipl/disk_view.h"

#include <stdlib.h>
#include <string.h>

#include "ipl/component_file.h"

/* --- Reading ------------------------------------------------------------------------ */

/* Where a program is read from, and how much more of it there can be. */
struct source {
	const struct bootmap_disk *disk;
	size_t left; /* a damaged table may lead to the same blocks again and again */
};

static int add_extent(struct disk_view_entry *entry, struct source *source,
		      const struct bootmap_extent *extent, struct error *err)
{
	const struct bootmap_disk *disk = source->disk;
	size_t more = (size_t)extent->count * disk->block_size;
	uint8_t *larger;

	if (more > source->left) {
		entry->problem = IPL_PROBLEM_OUTSIDE_STORAGE;
		return 0;
	}
	larger = realloc(entry->bytes, entry->size + more);
	if (!larger)
		return error_set(err, ERR_NOMEM, "Out of memory");
	entry->bytes = larger;
	if (!disk->read(disk->context, extent->block, extent->count, larger + entry->size)) {
		entry->problem = IPL_PROBLEM_READ;
		return 0;
	}
	if (entry->extents++ == 0)
		entry->first_block = extent->block;
	entry->size += more;
	source->left -= more;
	return 0;
}

static int read_segment(struct disk_view_entry *entry, struct source *source,
			const struct component_entry *from, struct error *err)
{
	struct bootmap_extent extent;
	struct segment_walk walk;
	int rc = 0;

	segment_walk_start(&walk, source->disk, from);
	while (rc == 0 && entry->problem == IPL_OK) {
		entry->problem = segment_walk_next(&walk, &extent);
		if (entry->problem != IPL_OK || extent.count == 0)
			break;
		rc = add_extent(entry, source, &extent, err);
	}
	return rc;
}

static int read_entry(struct disk_view_entry *entry, struct source *source,
		      const struct component_entry *from, struct error *err)
{
	int rc;

	*entry = (struct disk_view_entry){ .type = from->type };
	switch (from->type) {
	case COMPONENT_EXEC:
		entry->value = be64_get(from->psw);
		return 0;
	case COMPONENT_LOAD:
		entry->value = be64_get(from->address);
		break;
	case COMPONENT_SIGNATURE:
		entry->format = from->signature.format;
		entry->signature_size = be32_get(from->signature.size);
		break;
	default:
		entry->problem = IPL_PROBLEM_ENTRY_TYPE;
		return 0;
	}
	rc = read_segment(entry, source, from, err);
	entry->sclab_problem = sclab_find(entry->bytes, entry->size, &entry->sclab);
	return rc;
}

/* --- Meaning -------------------------------------------------------------------------- */

static const struct disk_view_entry *loaded_at(const struct disk_view *view, uint64_t address)
{
	for (unsigned i = 0; i < view->count; i++)
		if (view->entries[i].type == COMPONENT_LOAD &&
		    view->entries[i].value == address && view->entries[i].size > 0)
			return &view->entries[i];
	return NULL;
}

static void find_parameters(struct disk_view *view)
{
	const struct disk_view_entry *entry = loaded_at(view, STAGE3_PARAMETERS);

	if (entry && entry->size >= sizeof(*view->parameters) &&
	    loaded_at(view, STAGE3_ADDRESS))
		view->parameters = (const struct stage3_parameters *)entry->bytes;
}

static void find_command_line(struct disk_view *view)
{
	const struct disk_view_entry *entry;

	if (!view->parameters)
		return;
	entry = loaded_at(view, be64_get(view->parameters->command_line));
	if (entry && memchr(entry->bytes, '\0', entry->size))
		view->command_line = (const char *)entry->bytes;
}

/* By the addresses that zipl uses, and those in stage 3's parameters. */
static const char *name_of(const struct disk_view *view, uint64_t address)
{
	const struct stage3_parameters *parameters = view->parameters;

	if (!parameters)
		return NULL;
	if (address == STAGE3_HEAP)
		return "heap of stage 3";
	if (address == STAGE3_STACK)
		return "stack of stage 3";
	if (address == STAGE3_ADDRESS)
		return "stage 3";
	if (address == STAGE3_PARAMETERS)
		return "parameters of stage 3";
	if (address == be64_get(parameters->kernel))
		return "kernel";
	if (address == be64_get(parameters->command_line))
		return "command line";
	if (address == be64_get(parameters->initrd) && be64_get(parameters->initrd_size))
		return "initial RAM disk";
	if (address == be64_get(parameters->environment))
		return "environment";
	return NULL;
}

static void interpret(struct disk_view *view)
{
	find_parameters(view);
	find_command_line(view);
	for (unsigned i = 0; i < view->count; i++)
		if (view->entries[i].type == COMPONENT_LOAD)
			view->entries[i].name = name_of(view, view->entries[i].value);
}

int disk_view_read(struct disk_view *view, const struct bootmap_disk *disk,
		   const struct program_table *programs, unsigned number,
		   struct error *err)
{
	struct source source = { .disk = disk, .left = COMPONENT_FILE_MAX };
	struct component_table table;
	int rc = 0;

	*view = (struct disk_view){ 0 };
	view->problem = bootmap_read_components(disk, programs, number, &table);
	if (view->problem != IPL_OK)
		return 0;
	while (rc == 0 && view->count < table.count) {
		struct disk_view_entry *entry = &view->entries[view->count];

		rc = read_entry(entry, &source, component_table_entry(&table, view->count), err);
		view->count++;
		if (entry->type == COMPONENT_EXEC || entry->problem == IPL_PROBLEM_ENTRY_TYPE)
			break;
	}
	if (rc == 0)
		interpret(view);
	return rc;
}

void disk_view_free(struct disk_view *view)
{
	for (unsigned i = 0; i < view->count; i++)
		free(view->entries[i].bytes);
	view->count = 0;
}
