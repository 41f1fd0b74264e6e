/* SPDX-License-Identifier: MIT */
#include "ipl/disk.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

/* --- Counting ------------------------------------------------------------------ */

static uint64_t divide_up(uint64_t count, uint64_t unit)
{
	return count / unit + (count % unit != 0);
}

/* How a segment of some bytes lies on the disk: its tables, then its data. */
struct segment {
	uint64_t tables;
	uint64_t pointers;
	uint64_t blocks;
};

static struct segment segment_of(size_t size, uint32_t block_size)
{
	struct segment segment = { .blocks = divide_up(size, block_size) };

	segment.pointers = divide_up(segment.blocks, BOOTMAP_POINTER_BLOCKS);
	segment.tables = divide_up(segment.pointers, BOOTMAP_SEGMENT_POINTERS(block_size));
	return segment;
}

static uint64_t segment_total(size_t size, uint32_t block_size)
{
	struct segment segment = segment_of(size, block_size);

	return segment.tables + segment.blocks;
}

/* With the component table. */
static uint64_t program_total(const struct disk_program *program, uint32_t block_size)
{
	uint64_t total = 1;

	for (unsigned i = 0; i < program->count; i++) {
		const struct disk_component *component = &program->components[i];

		total += segment_total(component->size, block_size);
		if (component->signature)
			total += segment_total(component->signature_size, block_size);
	}
	return total;
}

/* The first number at which the program @number stands, too. */
static unsigned first_number(const struct disk_program *const *programs, unsigned number)
{
	for (unsigned i = 0; i < number; i++)
		if (programs[i] == programs[number])
			return i;
	return number;
}

uint64_t disk_blocks_needed(const struct disk_program *const *programs,
			    uint32_t block_size)
{
	uint64_t total = 1; /* the program table */

	for (unsigned i = 0; i < BOOTMAP_PROGRAMS; i++)
		if (programs[i] && first_number(programs, i) == i)
			total += program_total(programs[i], block_size);
	return total;
}

/* --- Writing blocks --------------------------------------------------------------- */

static int write_at(const struct disk_space *space, uint64_t block, const void *bytes,
		    size_t size, struct error *err)
{
	if (lseek(space->fd, (off_t)(block * space->block_size), SEEK_SET) < 0)
		return error_set_errno(err, ERR_IO, errno, "Cannot write '%s'", space->path);
	return file_write_all(space->fd, bytes, size, space->path, err);
}

/* Writes @size bytes, then zeros up to the end of the block. */
static int write_padded(const struct disk_space *space, uint64_t block, const void *bytes,
			size_t size, struct error *err)
{
	const uint8_t zeros[BOOTMAP_BLOCK_MAX] = { 0 };
	size_t over = size % space->block_size;
	int rc = write_at(space, block, bytes, size, err);

	if (rc == 0 && over)
		rc = file_write_all(space->fd, zeros, space->block_size - over, space->path,
				    err);
	return rc;
}

static int write_zeros(const struct disk_space *space, uint64_t block, uint64_t count,
		       struct error *err)
{
	const uint8_t zeros[BOOTMAP_BLOCK_MAX] = { 0 };
	int rc = 0;

	if (space->blank)
		return 0;
	for (uint64_t i = 0; rc == 0 && i < count; i++)
		rc = write_at(space, block + i, zeros, space->block_size, err);
	return rc;
}

static uint64_t take(struct disk_space *space, uint64_t count)
{
	uint64_t first = space->next;

	space->next += count;
	return first;
}

static struct bootmap_pointer pointer_to(uint64_t block, uint64_t count, uint32_t block_size)
{
	return (struct bootmap_pointer){
		.block = be64(block),
		.block_size = be16((uint16_t)block_size),
		.more_blocks = be16((uint16_t)(count - 1)),
	};
}

/* --- Segments ------------------------------------------------------------------- */

/* One segment table: as many pointers as fit to the data that is left. */
static void fill_table(struct bootmap_pointer *table, uint64_t *block, uint64_t *left,
		       uint32_t block_size)
{
	for (unsigned i = 0; i < BOOTMAP_SEGMENT_POINTERS(block_size) && *left; i++) {
		uint64_t count = *left < BOOTMAP_POINTER_BLOCKS ? *left
								: BOOTMAP_POINTER_BLOCKS;

		table[i] = pointer_to(*block, count, block_size);
		*block += count;
		*left -= count;
	}
}

static int write_tables(const struct disk_space *space, uint64_t first,
			const struct segment *segment, struct error *err)
{
	uint64_t data = first + segment->tables, left = segment->blocks;
	int rc = 0;

	for (uint64_t i = 0; rc == 0 && i < segment->tables; i++) {
		struct bootmap_pointer table[BOOTMAP_BLOCK_MAX /
					     sizeof(struct bootmap_pointer)] = { 0 };

		fill_table(table, &data, &left, space->block_size);
		if (left)
			table[BOOTMAP_SEGMENT_POINTERS(space->block_size)] =
				pointer_to(first + i + 1, 1, space->block_size);
		rc = write_at(space, first + i, table, space->block_size, err);
	}
	return rc;
}

/* Writes @bytes (NULL: zeros) with their tables; *@pointer leads to the first one. */
static int write_segment(struct bootmap_pointer *pointer, struct disk_space *space,
			 const uint8_t *bytes, size_t size, struct error *err)
{
	struct segment segment = segment_of(size, space->block_size);
	uint64_t first = take(space, segment.tables + segment.blocks);
	uint64_t data = first + segment.tables;
	int rc = write_tables(space, first, &segment, err);

	*pointer = pointer_to(first, 1, space->block_size);
	if (rc < 0)
		return rc;
	return bytes ? write_padded(space, data, bytes, size, err)
		     : write_zeros(space, data, segment.blocks, err);
}

/* --- Tables ---------------------------------------------------------------------- */

/* Each component may have a signature, and there is the entry that says where to start. */
_Static_assert(2 * DISK_COMPONENTS_MAX + 1 <= BOOTMAP_ENTRIES(BOOTMAP_BLOCK_MAX),
	       "the longest component table fits into the largest block");

/* A component table under construction. */
struct table {
	union {
		struct component_header header;
		uint8_t block[BOOTMAP_BLOCK_MAX];
	};
	unsigned count;
};

static struct component_entry *add_entry(struct table *table, enum component_type type)
{
	struct component_entry *entry =
		(struct component_entry *)(table->block + sizeof(table->header)) +
		table->count++;

	entry->type = (uint8_t)type;
	return entry;
}

static int write_signature(struct table *table, struct disk_space *space,
			   const struct disk_component *component, struct error *err)
{
	struct component_entry *entry = add_entry(table, COMPONENT_SIGNATURE);

	entry->signature.format = SIGNATURE_DER_PKCS7;
	entry->signature.size = be32((uint32_t)component->signature_size);
	return write_segment(&entry->segments, space, component->signature,
			     component->signature_size, err);
}

static int write_component(struct table *table, struct disk_space *space,
			   const struct disk_component *component, struct error *err)
{
	struct component_entry *entry;
	int rc = 0;

	if (component->signature)
		rc = write_signature(table, space, component, err);
	if (rc < 0)
		return rc;
	entry = add_entry(table, COMPONENT_LOAD);
	entry->address = be64(component->address);
	return write_segment(&entry->segments, space, component->bytes, component->size,
			     err);
}

static int write_program(struct bootmap_pointer *pointer, struct disk_space *space,
			 const struct disk_program *program, struct error *err)
{
	uint64_t block = take(space, 1);
	struct table table = { 0 };
	int rc = 0;

	memcpy(table.header.magic, BOOTMAP_MAGIC, BOOTMAP_MAGIC_SIZE);
	table.header.type = COMPONENT_TABLE_IPL;
	for (unsigned i = 0; rc == 0 && i < program->count; i++)
		rc = write_component(&table, space, &program->components[i], err);
	if (rc < 0)
		return rc;
	add_entry(&table, COMPONENT_EXEC)->psw = be64(program->psw);
	*pointer = pointer_to(block, 1, space->block_size);
	return write_at(space, block, table.block, space->block_size, err);
}

/* The rest of the first block, where a partition table may be, stays. */
static int write_boot_record(const struct disk_space *space,
			     const struct bootmap_pointer *program_table, struct error *err)
{
	struct boot_record record = {
		.version = be32(BOOTMAP_VERSION),
		.program_table = *program_table,
	};

	memcpy(record.magic, BOOTMAP_MAGIC, BOOTMAP_MAGIC_SIZE);
	return write_at(space, 0, &record, sizeof(record), err);
}

static unsigned entry_count(const struct disk_program *program)
{
	unsigned count = program->count + 1;

	for (unsigned i = 0; i < program->count; i++)
		count += program->components[i].signature != NULL;
	return count;
}

static int check(const struct disk_space *space,
		 const struct disk_program *const *programs, struct error *err)
{
	uint64_t needed = disk_blocks_needed(programs, space->block_size);

	for (unsigned i = 0; i < BOOTMAP_PROGRAMS; i++)
		if (programs[i] && entry_count(programs[i]) > BOOTMAP_ENTRIES(space->block_size))
			return error_set(err, ERR_INVALID,
					 "Program %u has %u entries; a component table has room for %zu",
					 i, entry_count(programs[i]),
					 BOOTMAP_ENTRIES(space->block_size));
	if (needed > space->end - space->next)
		return error_set(err, ERR_INVALID,
				 "The programs take %" PRIu64 " bytes of '%s'; there are %" PRIu64,
				 needed * space->block_size, space->path,
				 (space->end - space->next) * space->block_size);
	return 0;
}

int disk_write(struct disk_space *space, const struct disk_program *const *programs,
	       struct error *err)
{
	struct program_table table = { 0 };
	struct bootmap_pointer pointer;
	uint64_t block;
	int rc = check(space, programs, err);

	if (rc < 0)
		return rc;
	memcpy(table.magic, BOOTMAP_MAGIC, BOOTMAP_MAGIC_SIZE);
	block = take(space, 1);
	for (unsigned i = 0; rc == 0 && i < BOOTMAP_PROGRAMS; i++) {
		unsigned first = first_number(programs, i);

		if (programs[i] && first == i)
			rc = write_program(&table.programs[i], space, programs[i], err);
		else if (programs[i])
			table.programs[i] = table.programs[first];
	}
	if (rc == 0)
		rc = write_padded(space, block, &table, sizeof(table), err);
	if (rc == 0 && fsync(space->fd) < 0)
		rc = error_set_errno(err, ERR_IO, errno, "Cannot write '%s'", space->path);
	pointer = pointer_to(block, 1, space->block_size);
	return rc < 0 ? rc : write_boot_record(space, &pointer, err);
}
