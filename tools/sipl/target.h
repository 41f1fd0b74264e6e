/* SPDX-License-Identifier: MIT */
/* The disk that mkdisk writes: a new file, a device, or a partition of either. */
#ifndef UV_TOOLS_SIPL_TARGET_H
#define UV_TOOLS_SIPL_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file.h"
#include "ipl/disk.h"

struct target_order {
	const char *path;
	uint32_t block_size;
	uint64_t needed;    /* blocks behind the boot record */
	uint64_t size;      /* of a new disk in bytes; 0 = as large as needed */
	unsigned partition; /* of an existing disk; 0 = all of a new one or a device */
	bool sparse;        /* leave holes where a new disk is zero */
	bool overwrite;     /* an existing disk, or what is in the partition */
};

struct target {
	struct outfile *file;
	struct disk_space space;
	char *path; /* after links were followed */
};

/*
 * Prepares the disk: a new file, or a copy of the existing one. Nothing of either is
 * to be seen before target_commit(); only a block device is written in place. Caller
 * ends with target_abort(), whether or not there was a target_commit() before.
 */
int target_open(struct target *target, const struct target_order *order,
		struct error *err);
int target_commit(struct target *target, struct error *err);
void target_abort(struct target *target);

#endif
