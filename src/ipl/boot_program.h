/* SPDX-License-Identifier: MIT */
/*
 * What zipl makes of a kernel, an initial RAM disk and a command line: the list
 * of components with their addresses, stage 3 and its parameters included. See
 * docs/reference/boot-disk.md, "Programs".
 */
#ifndef UV_IPL_BOOT_PROGRAM_H
#define UV_IPL_BOOT_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/log.h"
#include "ipl/component_file.h"
#include "ipl/disk.h"
#include "ipl/stage3.h"

/* What becomes of the signatures that stage 3, kernel and RAM disk carry. */
enum boot_signatures {
	BOOT_SIGNATURES_AUTO,     /* those that are there are written */
	BOOT_SIGNATURES_REQUIRED, /* stage 3 and kernel must have one */
	BOOT_SIGNATURES_NONE,     /* none is written */
};

struct boot_source {
	const struct component_file *stage3;
	const struct component_file *kernel;
	const struct component_file *initrd; /* or NULL */
	const char *command_line;            /* or NULL */
	enum boot_signatures signatures;
	bool unchecked; /* take a kernel that does not look like Linux' */
};

struct boot_program {
	struct disk_program map; /* points into this and into the source's files */
	struct stage3_parameters parameters;
};

/*
 * Lays the program out for blocks of @block_size bytes. The source has to live as
 * long as *@program, which must stay where it is. ERR_INVALID when something does
 * not fit (into 2 GiB, or signed content into whole blocks) or a signature is
 * missing; ERR_FORMAT for a stage 3 or kernel that is none.
 */
int boot_program_make(struct boot_program *program, const struct boot_source *source,
		      uint32_t block_size, const struct log *log, struct error *err);

#endif
