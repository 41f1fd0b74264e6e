/* SPDX-License-Identifier: MIT */
/*
 * Where a partition of a disk lies: MBR (primary partitions) and GPT, which are
 * what zipl's SCSI scheme goes along with. See docs/reference/boot-disk.md,
 * "Partitions".
 */
#ifndef UV_IPL_PARTITION_H
#define UV_IPL_PARTITION_H

#include <stdint.h>

#include "base/error.h"

/* In blocks of the disk. */
struct partition {
	uint64_t first;
	uint64_t count;
};

/*
 * Finds partition @number (from 1) of the disk at @fd, which has @blocks blocks of
 * @block_size bytes and is called @path in messages. ERR_NOT_FOUND when there is no
 * such partition, ERR_FORMAT for a disk without or with a damaged partition table.
 */
int partition_find(struct partition *partition, int fd, const char *path,
		   uint32_t block_size, uint64_t blocks, unsigned number,
		   struct error *err);

#endif
