/* SPDX-License-Identifier: MIT */
#include "ipl/bootmap.h"

#include <string.h>

static bool has_magic(const uint8_t magic[BOOTMAP_MAGIC_SIZE])
{
	return memcmp(magic, BOOTMAP_MAGIC, BOOTMAP_MAGIC_SIZE) == 0;
}

bool bootmap_block_size_valid(uint32_t block_size)
{
	return block_size >= BOOTMAP_BLOCK_MIN && block_size <= BOOTMAP_BLOCK_MAX &&
	       (block_size & (block_size - 1)) == 0;
}

static bool is_null(const struct bootmap_pointer *pointer)
{
	return be64_get(pointer->block) == 0;
}

static enum ipl_problem read_one(const struct bootmap_disk *disk, uint64_t block, void *to)
{
	return disk->read(disk->context, block, 1, to) ? IPL_OK : IPL_PROBLEM_READ;
}

/* Reads the block that a pointer with a size leads to. */
static enum ipl_problem follow(const struct bootmap_disk *disk,
			       const struct bootmap_pointer *pointer, void *to)
{
	if (be16_get(pointer->block_size) != disk->block_size)
		return IPL_PROBLEM_POINTER_SIZE;
	return read_one(disk, be64_get(pointer->block), to);
}

bool program_table_has(const struct program_table *table, unsigned number)
{
	return number < BOOTMAP_PROGRAMS && !is_null(&table->programs[number]);
}

static bool is_empty(const struct program_table *table)
{
	for (unsigned i = 0; i < BOOTMAP_PROGRAMS; i++) {
		if (program_table_has(table, i))
			return false;
	}
	return true;
}

enum ipl_problem bootmap_read_programs(const struct bootmap_disk *disk,
				       struct program_table *table)
{
	uint8_t block[BOOTMAP_BLOCK_MAX];
	struct boot_record record;
	enum ipl_problem problem;

	if (!bootmap_block_size_valid(disk->block_size))
		return IPL_PROBLEM_BLOCK_SIZE;
	problem = read_one(disk, 0, block);
	if (problem)
		return problem;
	memcpy(&record, block, sizeof(record));
	if (!has_magic(record.magic))
		return IPL_PROBLEM_NO_BOOT_RECORD;
	if (is_null(&record.program_table))
		return IPL_PROBLEM_NO_PROGRAM_TABLE;
	problem = follow(disk, &record.program_table, block);
	if (problem)
		return problem;
	memcpy(table, block, sizeof(*table));
	if (!has_magic(table->magic))
		return IPL_PROBLEM_NO_PROGRAM_TABLE;
	return is_empty(table) ? IPL_PROBLEM_NO_PROGRAM : IPL_OK;
}

enum ipl_problem bootmap_read_components(const struct bootmap_disk *disk,
					 const struct program_table *programs,
					 unsigned number,
					 struct component_table *table)
{
	enum ipl_problem problem;

	if (!program_table_has(programs, number))
		return IPL_PROBLEM_PROGRAM_ABSENT;
	problem = follow(disk, &programs->programs[number], table->block);
	if (problem)
		return problem;
	if (!has_magic(table->header.magic))
		return IPL_PROBLEM_NO_COMPONENT_TABLE;
	if (table->header.type != COMPONENT_TABLE_IPL)
		return IPL_PROBLEM_NOT_FOR_IPL;
	table->count = (unsigned)BOOTMAP_ENTRIES(disk->block_size);
	return IPL_OK;
}

const struct component_entry *component_table_entry(const struct component_table *table,
						    unsigned index)
{
	const uint8_t *entries = table->block + sizeof(struct component_header);

	return (const struct component_entry *)
		(entries + index * sizeof(struct component_entry));
}

void segment_walk_start(struct segment_walk *walk, const struct bootmap_disk *disk,
			const struct component_entry *entry)
{
	walk->disk = disk;
	walk->next_table = be64_get(entry->segments.block);
	walk->count = (unsigned)BOOTMAP_SEGMENT_POINTERS(disk->block_size);
	walk->index = walk->count;
}

/* Reads the next table of the chain, if there is one. */
static enum ipl_problem next_table(struct segment_walk *walk)
{
	enum ipl_problem problem;

	if (walk->next_table == 0)
		return IPL_OK;
	problem = read_one(walk->disk, walk->next_table, walk->table);
	if (problem)
		return problem;
	walk->next_table = be64_get(walk->table[walk->count].block);
	walk->index = 0;
	return IPL_OK;
}

enum ipl_problem segment_walk_next(struct segment_walk *walk,
				   struct bootmap_extent *extent)
{
	const struct bootmap_pointer *pointer;
	enum ipl_problem problem;

	*extent = (struct bootmap_extent){ 0 };
	if (walk->index == walk->count) {
		problem = next_table(walk);
		if (problem || walk->index == walk->count)
			return problem;
	}
	pointer = &walk->table[walk->index];
	if (is_null(pointer))
		return IPL_OK;
	if (be16_get(pointer->block_size) != walk->disk->block_size)
		return IPL_PROBLEM_POINTER_SIZE;
	walk->index++;
	extent->block = be64_get(pointer->block);
	extent->count = be16_get(pointer->more_blocks) + 1U;
	return IPL_OK;
}
