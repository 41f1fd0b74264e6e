/* SPDX-License-Identifier: MIT */
#include "read_ahead.h"

#include "lib/string.h"

#define WINDOW_SIZE (128U << 10)

/* Blocks in storage: ->count of them, from ->first on. */
static struct {
	const struct bootmap_disk *device;
	uint64_t first;
	uint32_t count;
	uint8_t bytes[WINDOW_SIZE] __attribute__((aligned(4096)));
} window;

static bool is_there(uint64_t block, uint32_t count)
{
	return block >= window.first && block - window.first <= window.count &&
	       count <= window.count - (block - window.first);
}

/* Fails near the end of the device, where there is less than a window. */
static bool move_to(uint64_t block)
{
	const struct bootmap_disk *device = window.device;
	const uint32_t count = WINDOW_SIZE / device->block_size;

	window.count = 0;
	if (!device->read(device->context, block, count, window.bytes))
		return false;
	window.first = block;
	window.count = count;
	return true;
}

static bool read_blocks(void *context, uint64_t block, uint32_t count, void *to)
{
	const struct bootmap_disk *device = context;
	const uint64_t size = (uint64_t)count * device->block_size;

	/* What is large is worth a request, straight to its place. */
	if (size > WINDOW_SIZE / 4 || (!is_there(block, count) && !move_to(block)))
		return device->read(device->context, block, count, to);
	memcpy(to, window.bytes + (block - window.first) * device->block_size, size);
	return true;
}

void read_ahead_start(struct bootmap_disk *disk, const struct bootmap_disk *device)
{
	window.device = device;
	window.count = 0;
	disk->block_size = device->block_size;
	disk->read = read_blocks;
	disk->context = (void *)device;
}
