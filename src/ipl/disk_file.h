/* SPDX-License-Identifier: MIT */
/* A disk image or block device, as the boot map's reader wants it. */
#ifndef UV_IPL_DISK_FILE_H
#define UV_IPL_DISK_FILE_H

#include <stdint.h>

#include "base/error.h"
#include "ipl/bootmap.h"

struct disk_file {
	struct bootmap_disk disk; /* reads this file; the struct must not move */
	uint64_t size;            /* in bytes */
	bool bootable;            /* block 0 has a boot record */
	int fd;
};

/*
 * Opens the disk @path for reading. Its block size is @block_size, or with 0 the one
 * that the boot record was written for (512 where there is none, or it makes no
 * sense). Caller frees with disk_file_close() after success. ERR_IO, ERR_INVALID for
 * what is no file or block device.
 */
int disk_file_open(struct disk_file *file, const char *path, uint32_t block_size,
		   struct error *err);
void disk_file_close(struct disk_file *file);

#endif
