/* SPDX-License-Identifier: MIT */
#include "disk.h"

#define FEATURE_BLOCK_SIZE 6
#define SECTOR_SIZE 512 /* in which requests count, whatever the block size */
#define REQUEST_MAX (8U << 20)
#define REQUEST_READ 0
#define STATUS_OK 0

struct block_config {
	uint64_t capacity;
	uint8_t others[12];
	uint32_t block_size; /* little endian */
};
_Static_assert(__builtin_offsetof(struct block_config, block_size) == 20, "configuration");

struct block_request {
	uint32_t type;
	uint32_t reserved;
	uint64_t sector;
};

static bool read_piece(uint64_t sector, uint32_t size, void *to)
{
	const struct block_request request = { le32(REQUEST_READ), 0, le64(sector) };
	uint8_t status = 0xff;
	const struct virtio_part parts[] = {
		{ &request, sizeof(request), false },
		{ to, size, true },
		{ &status, sizeof(status), true },
	};

	return virtio_request(parts, 3) && status == STATUS_OK;
}

static bool read_blocks(void *context, uint64_t block, uint32_t count, void *to)
{
	const struct bootmap_disk *disk = context;
	const uint32_t sectors = disk->block_size / SECTOR_SIZE;
	uint64_t left = (uint64_t)count * disk->block_size;
	uint64_t sector = block * sectors;
	uint8_t *at = to;

	while (left) {
		const uint32_t size = left < REQUEST_MAX ? (uint32_t)left : REQUEST_MAX;

		if (!read_piece(sector, size, at))
			return false;
		sector += size / SECTOR_SIZE;
		at += size;
		left -= size;
	}
	return true;
}

enum ipl_problem disk_open_block(struct bootmap_disk *disk, uint32_t subchannel)
{
	struct block_config config = { 0 };

	if (!virtio_start(subchannel, 1U << FEATURE_BLOCK_SIZE, 0, &config, sizeof(config)))
		return IPL_PROBLEM_READ;
	disk->block_size = virtio_has(FEATURE_BLOCK_SIZE) ? le32(config.block_size)
							  : SECTOR_SIZE;
	disk->read = read_blocks;
	disk->context = disk;
	return bootmap_block_size_valid(disk->block_size) ? IPL_OK : IPL_PROBLEM_BLOCK_SIZE;
}
