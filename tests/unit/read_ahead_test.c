/* SPDX-License-Identifier: MIT */
/* The boot loader's reading in advance: nobody may notice it but by its speed. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "ipl/read_ahead.h"

#define BLOCKS 1500U

/* A device that counts its requests and can lose a block. */
struct device {
	struct bootmap_disk disk;
	uint8_t *bytes;
	uint64_t lost; /* a block, or UINT64_MAX */
	unsigned requests;
};

static bool read_device(void *context, uint64_t block, uint32_t count, void *to)
{
	struct device *device = context;

	device->requests++;
	if (block > BLOCKS || count > BLOCKS - block ||
	    (device->lost >= block && device->lost - block < count))
		return false;
	memcpy(to, device->bytes + block * device->disk.block_size,
	       (size_t)count * device->disk.block_size);
	return true;
}

static void start(struct device *device, struct bootmap_disk *disk, uint32_t block_size)
{
	device->disk = (struct bootmap_disk){ block_size, read_device, device };
	device->bytes = malloc((size_t)BLOCKS * block_size);
	device->lost = UINT64_MAX;
	device->requests = 0;
	for (size_t i = 0; i < (size_t)BLOCKS * block_size; i++)
		device->bytes[i] = (uint8_t)(i ^ i >> 8 ^ i >> 16);
	read_ahead_start(disk, &device->disk);
}

static void assert_read(struct bootmap_disk *disk, struct device *device, uint64_t block,
			uint32_t count)
{
	const size_t size = (size_t)count * disk->block_size;
	uint8_t *to = malloc(size + 1);

	to[size] = 0x55;
	assert_true(disk->read(disk->context, block, count, to));
	assert_memory_equal(to, device->bytes + block * disk->block_size, size);
	assert_int_equal(to[size], 0x55);
	free(to);
}

static void reads_are_the_devices(void **state)
{
	struct bootmap_disk disk;
	struct device device;
	unsigned seed = 7;

	(void)state;
	for (uint32_t block_size = 512; block_size <= 4096; block_size *= 2) {
		start(&device, &disk, block_size);
		assert_int_equal(disk.block_size, block_size);
		for (unsigned i = 0; i < 2000; i++) {
			const uint64_t block = (seed = seed * 1103515245 + 12345) / 8 % BLOCKS;
			const uint32_t count = 1 + seed / 65536 % (i % 4 ? 8 : 300);

			if (count <= BLOCKS - block)
				assert_read(&disk, &device, block, count);
		}
		assert_read(&disk, &device, BLOCKS - 1, 1);
		free(device.bytes);
	}
}

static void small_reads_share_a_request(void **state)
{
	struct bootmap_disk disk;
	struct device device;

	(void)state;
	start(&device, &disk, 512);
	for (unsigned block = 0; block < 256; block++)
		assert_read(&disk, &device, block, 1);
	assert_int_equal(device.requests, 1);
	assert_read(&disk, &device, 255, 2);
	assert_int_equal(device.requests, 2);
	assert_read(&disk, &device, 0, 300); /* large: straight */
	assert_int_equal(device.requests, 3);
	free(device.bytes);
}

static void errors_stay_where_they_are(void **state)
{
	struct bootmap_disk disk;
	struct device device;
	uint8_t to[512];

	(void)state;
	start(&device, &disk, 512);
	device.lost = 20;
	for (unsigned block = 0; block < 40; block++)
		assert_int_equal(disk.read(disk.context, block, 1, to), block != 20);
	assert_false(disk.read(disk.context, BLOCKS, 1, to));
	assert_false(disk.read(disk.context, UINT64_MAX, 1, to));
	assert_true(disk.read(disk.context, 0, 1, to));
	free(device.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_are_the_devices),
		cmocka_unit_test(small_reads_share_a_request),
		cmocka_unit_test(errors_stay_where_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
