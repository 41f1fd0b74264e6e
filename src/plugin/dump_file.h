/* SPDX-License-Identifier: MIT */
/*
 * A dump on its way into a descriptor, from start to end. Where that is an empty
 * regular file, what consists of zeros becomes a hole.
 */
#ifndef UV_PLUGIN_DUMP_FILE_H
#define UV_PLUGIN_DUMP_FILE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define DUMP_FILE_BLOCK 4096 /* holes are looked for in pieces of this size */

struct dump_file {
	int fd;                       /* the caller's */
	bool sparse;
	bool regular;                 /* takes or refuses what it is given, soon */
	bool hole_last;               /* the file ends with a hole so far */
	uint64_t written;             /* bytes, holes included */
	const _Atomic bool *cancelled; /* given up as soon as it is true; or NULL */
};

struct dump_file dump_file_to(int fd, const _Atomic bool *cancelled);

/* ERR_REFUSED when it was cancelled, ERR_IO when the descriptor takes no more. */
int dump_file_write(struct dump_file *file, const void *data, size_t size,
		    struct error *err);

/* Gives the file its size, where it ends with a hole. */
int dump_file_finish(struct dump_file *file, struct error *err);

#endif
