/* SPDX-License-Identifier: MIT */
/* What the writer puts on a disk is what the boot loader's reader finds there. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "ipl/disk.h"

#define PSW 0x000800008000a000UL

/* A disk in a nameless file. */
struct disk {
	FILE *file;
	struct disk_space space;
	struct bootmap_disk reader;
};

static bool read_blocks(void *context, uint64_t block, uint32_t count, void *to)
{
	const struct disk *disk = context;
	size_t got, size = (size_t)count * disk->space.block_size;

	return file_read_at(disk->space.fd, to, size, block * disk->space.block_size, &got) == 0 &&
	       got == size;
}

static void disk_make(struct disk *disk, uint32_t block_size, uint64_t blocks)
{
	disk->file = tmpfile();
	assert_non_null(disk->file);
	disk->space = (struct disk_space){
		.fd = fileno(disk->file),
		.path = "disk",
		.block_size = block_size,
		.next = 1,
		.end = blocks,
		.blank = true,
	};
	disk->reader = (struct bootmap_disk){
		.block_size = block_size, .read = read_blocks, .context = disk,
	};
	assert_int_equal(ftruncate(disk->space.fd, (off_t)(blocks * block_size)), 0);
}

static uint8_t pattern(size_t i)
{
	return (uint8_t)(i * 7 + i / 256);
}

/* The size of what an entry leads to, whose bytes have to be those of @component. */
static size_t expect_content(struct disk *disk, const struct component_entry *entry,
			     const uint8_t *bytes, size_t size)
{
	uint8_t *block = malloc(disk->space.block_size);
	struct bootmap_extent extent;
	struct segment_walk walk;
	size_t at = 0;

	segment_walk_start(&walk, &disk->reader, entry);
	while (segment_walk_next(&walk, &extent) == IPL_OK && extent.count) {
		for (uint32_t i = 0; i < extent.count; i++) {
			assert_true(read_blocks(disk, extent.block + i, 1, block));
			for (size_t j = 0; j < disk->space.block_size; j++, at++)
				assert_int_equal(block[j], at < size ? bytes[at] : 0);
		}
	}
	free(block);
	return at;
}

static void written_is_read(uint32_t block_size)
{
	uint8_t bytes[20000], signature[700];
	struct disk_program program = {
		.components = {
			{ .name = "a", .address = 0xa000, .bytes = bytes, .size = 16384,
			  .signature = signature, .signature_size = sizeof(signature) },
			{ .name = "b", .address = 0x12345, .bytes = bytes, .size = 1 },
			{ .name = "c", .address = 0x20000, .bytes = bytes, .size = 20000 },
		},
		.count = 3,
		.psw = PSW,
	};
	const struct disk_program *programs[BOOTMAP_PROGRAMS] = { [0] = &program, [30] = &program };
	struct component_table table;
	struct program_table found;
	struct disk disk;
	struct error err;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = pattern(i);
	memset(signature, 0x30, sizeof(signature));
	disk_make(&disk, block_size, 200);
	assert_ok(disk_write(&disk.space, programs, &err), &err);
	assert_int_equal(disk.space.next - 1, disk_blocks_needed(programs, block_size));

	assert_int_equal(bootmap_read_programs(&disk.reader, &found), IPL_OK);
	for (unsigned i = 0; i < BOOTMAP_PROGRAMS; i++)
		assert_int_equal(program_table_has(&found, i), i == 0 || i == 30);
	assert_memory_equal(&found.programs[0], &found.programs[30], sizeof(found.programs[0]));
	assert_int_equal(bootmap_read_components(&disk.reader, &found, 30, &table), IPL_OK);

	const struct component_entry *entry = component_table_entry(&table, 0);
	assert_int_equal(entry->type, COMPONENT_SIGNATURE);
	assert_int_equal(entry->signature.format, SIGNATURE_DER_PKCS7);
	assert_int_equal(be32_get(entry->signature.size), sizeof(signature));
	expect_content(&disk, entry, signature, sizeof(signature));
	for (unsigned i = 0; i < 3; i++) {
		const struct disk_component *component = &program.components[i];
		size_t size;

		entry = component_table_entry(&table, i + 1);
		assert_int_equal(entry->type, COMPONENT_LOAD);
		assert_int_equal(be64_get(entry->address), component->address);
		size = expect_content(&disk, entry, component->bytes, component->size);
		assert_true(size >= component->size && size < component->size + block_size);
	}
	entry = component_table_entry(&table, 4);
	assert_int_equal(entry->type, COMPONENT_EXEC);
	assert_int_equal(be64_get(entry->psw), PSW);
	fclose(disk.file);
}

static void every_block_size(void **state)
{
	(void)state;
	for (uint32_t size = BOOTMAP_BLOCK_MIN; size <= BOOTMAP_BLOCK_MAX; size *= 2)
		written_is_read(size);
}

/* 31 pointers of 65536 blocks fit into a segment table of 512 bytes. */
static void long_segments_take_several_tables(void **state)
{
	const uint64_t blocks = 33 * BOOTMAP_POINTER_BLOCKS + 5;
	struct disk_program program = {
		.components = { { .name = "a", .address = 0, .size = blocks * 512 } },
		.count = 1,
		.psw = PSW,
	};
	const struct disk_program *programs[BOOTMAP_PROGRAMS] = { &program };
	struct component_table table;
	struct program_table found;
	struct bootmap_extent extent;
	struct segment_walk walk;
	struct disk disk;
	struct error err;
	uint64_t next = 0, sum = 0;
	unsigned count = 0;

	(void)state;
	disk_make(&disk, 512, blocks + 10);
	assert_ok(disk_write(&disk.space, programs, &err), &err);
	assert_int_equal(disk.space.next - 1, 2 + 2 + blocks);
	assert_int_equal(bootmap_read_programs(&disk.reader, &found), IPL_OK);
	assert_int_equal(bootmap_read_components(&disk.reader, &found, 0, &table), IPL_OK);
	segment_walk_start(&walk, &disk.reader, component_table_entry(&table, 0));
	while (segment_walk_next(&walk, &extent) == IPL_OK && extent.count) {
		assert_true(!next || extent.block == next);
		next = extent.block + extent.count;
		sum += extent.count;
		count++;
	}
	assert_int_equal(sum, blocks);
	assert_int_equal(count, 34);
	fclose(disk.file);
}

static void what_does_not_fit_is_not_begun(void **state)
{
	static const uint8_t bytes[512] = { 1 };
	struct disk_program program = { .psw = PSW };
	const struct disk_program *programs[BOOTMAP_PROGRAMS] = { &program };
	uint8_t block[512];
	struct disk disk;
	struct error err;

	(void)state;
	for (unsigned i = 0; i < DISK_COMPONENTS_MAX; i++)
		program.components[program.count++] = (struct disk_component){
			.name = "a", .bytes = bytes, .size = sizeof(bytes),
			.signature = bytes, .signature_size = sizeof(bytes),
		};
	disk_make(&disk, 512, 100);
	/* 17 entries; a block of 512 has room for 15. */
	assert_int_equal(disk_write(&disk.space, programs, &err), ERR_INVALID);
	program.components[0].signature = program.components[1].signature = NULL;
	disk.space.end = disk.space.next + disk_blocks_needed(programs, 512) - 1;
	assert_int_equal(disk_write(&disk.space, programs, &err), ERR_INVALID);
	assert_true(read_blocks(&disk, 0, 1, block));
	assert_int_equal(block[0], 0);
	disk.space.end++;
	assert_ok(disk_write(&disk.space, programs, &err), &err);
	fclose(disk.file);
}

static void only_the_record_and_the_space_are_written(void **state)
{
	struct disk_program program = {
		.components = { { .name = "zeros", .size = 2000 } }, .count = 1, .psw = PSW,
	};
	const struct disk_program *programs[BOOTMAP_PROGRAMS] = { &program };
	uint8_t noise[512], block[512];
	struct disk disk;
	struct error err;

	(void)state;
	memset(noise, 0xee, sizeof(noise));
	disk_make(&disk, 512, 100);
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(pwrite(disk.space.fd, noise, 512, i * 512), 512);
	disk.space.next = 40;
	disk.space.blank = false;
	assert_ok(disk_write(&disk.space, programs, &err), &err);
	assert_true(read_blocks(&disk, 0, 1, block));
	assert_memory_equal(block, BOOTMAP_MAGIC, BOOTMAP_MAGIC_SIZE);
	assert_memory_equal(block + sizeof(struct boot_record), noise,
			    512 - sizeof(struct boot_record));
	for (unsigned i = 1; i < 100; i++) {
		assert_true(read_blocks(&disk, i, 1, block));
		if (i < 40 || i >= disk.space.next)
			assert_memory_equal(block, noise, 512);
	}
	/* The zeros are there, although the disk was not zero before. */
	for (uint64_t i = disk.space.next - 4; i < disk.space.next; i++) {
		assert_true(read_blocks(&disk, i, 1, block));
		for (unsigned j = 0; j < 512; j++)
			assert_int_equal(block[j], 0);
	}
	fclose(disk.file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_block_size),
		cmocka_unit_test(long_segments_take_several_tables),
		cmocka_unit_test(what_does_not_fit_is_not_begun),
		cmocka_unit_test(only_the_record_and_the_space_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
