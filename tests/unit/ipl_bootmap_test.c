/* SPDX-License-Identifier: MIT */
/* The reader of boot maps. See docs/reference/boot-map.md. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "ipl_fixture.h"

/* --- Boot record and program table ------------------------------------------------- */

static void assert_programs(struct ipl_world *world, enum ipl_problem expected)
{
	struct program_table table;

	assert_int_equal(bootmap_read_programs(&world->disk, &table), expected);
	if (expected == IPL_OK)
		assert_true(program_table_has(&table, 0));
}

static void boot_record_leads_to_the_programs(void **state)
{
	struct ipl_world *world = ipl_golden(512);
	struct boot_record *record = (struct boot_record *)world->bytes;
	const struct boot_record good = *record;
	struct program_table *table = (struct program_table *)
		(world->bytes + be64_get(good.program_table.block) * 512);

	(void)state;
	assert_programs(world, IPL_OK);
	record->version = be32(7); /* taken for 1 */
	assert_programs(world, IPL_OK);
	record->magic[3] = 'l';
	assert_programs(world, IPL_PROBLEM_NO_BOOT_RECORD);
	*record = good;
	record->program_table.block = be64(0);
	assert_programs(world, IPL_PROBLEM_NO_PROGRAM_TABLE);
	record->program_table.block = be64(IPL_DISK_SIZE / 512);
	assert_programs(world, IPL_PROBLEM_READ);
	*record = good;
	record->program_table.block_size = be16(4096);
	assert_programs(world, IPL_PROBLEM_POINTER_SIZE);
	*record = good;
	table->programs[0].block = be64(0);
	assert_programs(world, IPL_PROBLEM_NO_PROGRAM);
	table->magic[0] = 'Z';
	assert_programs(world, IPL_PROBLEM_NO_PROGRAM_TABLE);
	world->disk.block_size = 256;
	assert_programs(world, IPL_PROBLEM_BLOCK_SIZE);
	ipl_world_free(world);
}

static void block_sizes(void **state)
{
	(void)state;
	for (uint32_t size = 0; size <= 8192; size++) {
		const bool valid = size == 512 || size == 1024 || size == 2048 || size == 4096;

		assert_int_equal(bootmap_block_size_valid(size), valid);
	}
	assert_false(bootmap_block_size_valid(UINT32_MAX));
}

static void programs_have_a_number_below_31(void **state)
{
	struct program_table table;

	(void)state;
	memset(&table, 0xaa, sizeof(table));
	assert_true(program_table_has(&table, 30));
	assert_false(program_table_has(&table, 31));
	assert_false(program_table_has(&table, UINT32_MAX));
}

static void component_table_is_checked(void **state)
{
	struct ipl_world *world = ipl_golden(512);
	struct program_table programs;
	struct component_table table;
	struct component_header *header;

	(void)state;
	assert_int_equal(bootmap_read_programs(&world->disk, &programs), IPL_OK);
	header = (struct component_header *)
		(world->bytes + be64_get(programs.programs[0].block) * 512);
	assert_int_equal(bootmap_read_components(&world->disk, &programs, 0, &table), IPL_OK);
	assert_int_equal(table.count, 15);
	assert_int_equal(component_table_entry(&table, 8)->type, COMPONENT_EXEC);
	assert_int_equal(bootmap_read_components(&world->disk, &programs, 1, &table),
			 IPL_PROBLEM_PROGRAM_ABSENT);
	header->type = COMPONENT_TABLE_DUMP;
	assert_int_equal(bootmap_read_components(&world->disk, &programs, 0, &table),
			 IPL_PROBLEM_NOT_FOR_IPL);
	header->magic[0] = 0;
	assert_int_equal(bootmap_read_components(&world->disk, &programs, 0, &table),
			 IPL_PROBLEM_NO_COMPONENT_TABLE);
	programs.programs[0].block_size = be16(1024);
	assert_int_equal(bootmap_read_components(&world->disk, &programs, 0, &table),
			 IPL_PROBLEM_POINTER_SIZE);
	ipl_world_free(world);
}

/* --- Segments ------------------------------------------------------------------------- */

/* Puts a chain of tables on the disk that names @count extents; its first block. */
static uint64_t put_chain(struct ipl_world *world, const struct bootmap_pointer *extents,
			  size_t count)
{
	const size_t room = BOOTMAP_SEGMENT_POINTERS(world->disk.block_size);
	const size_t tables = count ? (count + room - 1) / room : 1;
	struct bootmap_pointer table[BOOTMAP_BLOCK_MAX / sizeof(struct bootmap_pointer)];
	const uint64_t first = world->next;

	for (size_t i = 0; i < tables; i++) {
		const size_t left = count - i * room;

		memset(table, 0, sizeof(table));
		memcpy(table, extents + i * room,
		       (left < room ? left : room) * sizeof(table[0]));
		if (i + 1 < tables)
			table[room] = ipl_pointer(world, world->next + 1, 1);
		ipl_put(world, table, world->disk.block_size);
	}
	return first;
}

/* Walks the segment and compares its extents with @extents. */
static void assert_extents(struct ipl_world *world, uint64_t segment,
			   const struct bootmap_pointer *extents, size_t count)
{
	struct component_entry entry = { .segments = ipl_pointer(world, segment, 1) };
	struct bootmap_extent extent;
	struct segment_walk walk;

	segment_walk_start(&walk, &world->disk, &entry);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(segment_walk_next(&walk, &extent), IPL_OK);
		assert_int_equal(extent.block, be64_get(extents[i].block));
		assert_int_equal(extent.count, be16_get(extents[i].more_blocks) + 1);
	}
	for (unsigned again = 0; again < 2; again++) {
		assert_int_equal(segment_walk_next(&walk, &extent), IPL_OK);
		assert_int_equal(extent.count, 0);
	}
}

/* Around the number of pointers that one table has. */
static void chains_of_any_length(void **state)
{
	static struct bootmap_pointer extents[600];

	(void)state;
	for (uint32_t block_size = 512; block_size <= 4096; block_size *= 2) {
		const size_t room = BOOTMAP_SEGMENT_POINTERS(block_size);
		const size_t counts[] = { 0, 1, room - 1, room, room + 1, 2 * room, 2 * room + 3 };

		for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
			struct ipl_world *world = ipl_world_new(block_size);

			for (size_t n = 0; n < counts[i]; n++)
				extents[n] = ipl_pointer(world, 100 + n * 3, 1 + n % 65536);
			assert_extents(world, put_chain(world, extents, counts[i]), extents,
				       counts[i]);
			ipl_world_free(world);
		}
	}
}

static void most_blocks_of_a_pointer(void **state)
{
	struct ipl_world *world = ipl_world_new(512);
	const struct bootmap_pointer extent = ipl_pointer(world, 9, BOOTMAP_POINTER_BLOCKS);

	(void)state;
	assert_extents(world, put_chain(world, &extent, 1), &extent, 1);
	ipl_world_free(world);
}

static void damaged_segments(void **state)
{
	struct ipl_world *world = ipl_world_new(512);
	struct component_entry entry = { .segments = ipl_pointer(world, 1, 1) };
	struct bootmap_pointer pointer = ipl_pointer(world, 9, 1);
	struct bootmap_extent extent;
	struct segment_walk walk;

	(void)state;
	pointer.block_size = be16(4096);
	put_chain(world, &pointer, 1);
	segment_walk_start(&walk, &world->disk, &entry);
	assert_int_equal(segment_walk_next(&walk, &extent), IPL_PROBLEM_POINTER_SIZE);
	world->unreadable = 1;
	segment_walk_start(&walk, &world->disk, &entry);
	assert_int_equal(segment_walk_next(&walk, &extent), IPL_PROBLEM_READ);
	entry.segments.block = be64(0);
	segment_walk_start(&walk, &world->disk, &entry);
	assert_int_equal(segment_walk_next(&walk, &extent), IPL_OK);
	assert_int_equal(extent.count, 0);
	ipl_world_free(world);
}

/* --- What the loader makes of them ------------------------------------------------------ */

/* A sparse file: a block of zeros, shared by all its holes, between data. */
static void holes_are_loaded(void **state)
{
	(void)state;
	for (uint32_t block_size = 512; block_size <= 4096; block_size *= 2) {
		struct ipl_world *world = ipl_world_new(block_size);
		struct bootmap_pointer extents[40];
		uint8_t *data = malloc(block_size), *zeros = calloc(1, block_size);
		uint64_t zero, full;

		memset(data, 0xdd, block_size);
		zero = ipl_put(world, zeros, block_size);
		full = ipl_put(world, data, block_size);
		for (unsigned i = 0; i < 40; i++)
			extents[i] = ipl_pointer(world, i % 3 == 0 ? full : zero, 1);
		ipl_add(world, COMPONENT_LOAD, put_chain(world, extents, 40), 0x10000);
		ipl_add_exec(world, STAGE3_PSW);
		ipl_write_tables(world);
		memset(world->storage, 0x55, 0x100000);
		assert_int_equal(ipl_run(world, IPL_NORMAL), LOAD_DONE);
		for (unsigned i = 0; i < 40; i++)
			assert_memory_equal(world->storage + 0x10000 + i * block_size,
					    i % 3 == 0 ? data : zeros, block_size);
		assert_int_equal(world->storage[0x10000 + 40 * block_size], 0x55);
		free(data);
		free(zeros);
		ipl_world_free(world);
	}
}

/* A table that leads to itself never ends; guest storage does. */
static void endless_chains_end(void **state)
{
	struct ipl_world *world = ipl_world_new(512);
	struct bootmap_pointer table[32];

	(void)state;
	for (unsigned i = 0; i < 31; i++)
		table[i] = ipl_pointer(world, 2, 1);
	table[31] = ipl_pointer(world, world->next, 1);
	ipl_add(world, COMPONENT_LOAD, ipl_put(world, table, sizeof(table)), 0x10000);
	ipl_add_exec(world, STAGE3_PSW);
	ipl_write_tables(world);
	assert_int_equal(ipl_run(world, IPL_NORMAL), LOAD_TRY_NEXT);
	assert_true(ipl_told(world, LOAD_FAILED, IPL_PROBLEM_RESERVED_STORAGE));
	ipl_world_free(world);
}

/* Every block of the disk is needed in secure mode. */
static void unreadable_blocks(void **state)
{
	struct ipl_world *world = ipl_golden(512);

	(void)state;
	for (uint64_t block = 1; block < world->next; block++) {
		world->unreadable = block;
		assert_int_equal(ipl_run(world, IPL_SECURE), LOAD_TRY_NEXT);
		assert_true(ipl_told(world, LOAD_FAILED, IPL_PROBLEM_READ));
	}
	world->unreadable = world->next;
	assert_int_equal(ipl_run(world, IPL_SECURE), LOAD_DONE);
	ipl_world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boot_record_leads_to_the_programs),
		cmocka_unit_test(block_sizes),
		cmocka_unit_test(programs_have_a_number_below_31),
		cmocka_unit_test(component_table_is_checked),
		cmocka_unit_test(chains_of_any_length),
		cmocka_unit_test(most_blocks_of_a_pointer),
		cmocka_unit_test(damaged_segments),
		cmocka_unit_test(holes_are_loaded),
		cmocka_unit_test(endless_chains_end),
		cmocka_unit_test(unreadable_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
