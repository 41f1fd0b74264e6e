/* SPDX-License-Identifier: MIT */
/*
 * Writes programs onto a disk in zipl's SCSI scheme: data, segment tables,
 * component tables, program table, boot record. See docs/reference/boot-map.md.
 *
 * All blocks of the data and tables follow each other, in a space of blocks that
 * nothing else uses; only the boot record lies outside, at the disk's start.
 */
#ifndef UV_IPL_DISK_H
#define UV_IPL_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "ipl/bootmap.h"

/* One component, as it is to be loaded. */
struct disk_component {
	const char *name; /* in messages */
	uint64_t address;
	const uint8_t *bytes; /* NULL: zeros */
	size_t size;          /* not 0; the disk pads it to whole blocks */
	const uint8_t *signature; /* in DER; NULL: none */
	size_t signature_size;
};

#define DISK_COMPONENTS_MAX 8

struct disk_program {
	struct disk_component components[DISK_COMPONENTS_MAX];
	unsigned count;
	uint64_t psw; /* short */
};

/* The blocks to write to, taken from the front to the back. */
struct disk_space {
	int fd;           /* seekable */
	const char *path; /* in messages */
	uint32_t block_size;
	uint64_t next; /* the first free block, not 0 */
	uint64_t end;  /* the first one behind the space */
	bool blank;    /* all blocks are zero already, and holes in the file may stay */
};

/*
 * The blocks that programs[0] to programs[BOOTMAP_PROGRAMS - 1] take; each may be
 * NULL, and the same program may stand at several numbers.
 */
uint64_t disk_blocks_needed(const struct disk_program *const *programs,
			    uint32_t block_size);

/*
 * Writes those programs and their tables, and at last the boot record into the
 * first bytes of the disk, which turns the disk from what it was into what it is
 * to be. ERR_INVALID when the space is too small, ERR_IO.
 */
int disk_write(struct disk_space *space, const struct disk_program *const *programs,
	       struct error *err);

#endif
