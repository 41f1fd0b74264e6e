/* SPDX-License-Identifier: MIT */
/*
 * A program on a disk as it would be loaded, taken apart for people to look at.
 * Nothing is judged here; the loader (ipl/load.h) does that.
 */
#ifndef UV_IPL_DISK_VIEW_H
#define UV_IPL_DISK_VIEW_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "ipl/bootmap.h"
#include "ipl/sclab.h"
#include "ipl/stage3.h"

struct disk_view_entry {
	uint8_t type;       /* enum component_type, or whatever is there */
	uint64_t value;     /* address (LOAD) or PSW (EXEC) */
	uint8_t format;     /* SIGNATURE: SIGNATURE_DER_PKCS7, or whatever is there */
	uint32_t signature_size; /* SIGNATURE: as its entry says */
	const char *name;   /* LOAD: what it probably is; or NULL */

	/* What is loaded: whole blocks. */
	uint8_t *bytes;
	size_t size;
	unsigned extents;   /* runs of blocks that follow each other */
	uint64_t first_block;
	enum ipl_problem problem; /* IPL_OK, or why not all of it could be read */

	/* LOAD: the SCLAB at its end. */
	enum ipl_problem sclab_problem; /* IPL_OK: there is one */
	struct sclab sclab;
};

struct disk_view {
	enum ipl_problem problem; /* IPL_OK, or why there are no entries */
	struct disk_view_entry entries[BOOTMAP_ENTRIES_MAX];
	unsigned count; /* with the EXEC entry, where there is one */
	const struct stage3_parameters *parameters; /* in an entry's bytes; or NULL */
	const char *command_line;                   /* likewise, with its NUL; or NULL */
};

/*
 * Reads program @number of @programs. Damage is noted in the view, not an error;
 * ERR_NOMEM. Caller frees with disk_view_free(), also after a failure.
 */
int disk_view_read(struct disk_view *view, const struct bootmap_disk *disk,
		   const struct program_table *programs, unsigned number,
		   struct error *err);
void disk_view_free(struct disk_view *view);

#endif
