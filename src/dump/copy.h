/* SPDX-License-Identifier: MIT */
/*
 * Reads all of a dump, on all cores that this process may use, and writes it in
 * its target form. Memory is a few MiB for each core, whatever the size.
 */
#ifndef UV_DUMP_COPY_H
#define UV_DUMP_COPY_H

#include "base/progress.h"
#include "dump/target.h"

struct dump_copy {
	const struct dump *dump;
	const struct target *target;
	int fd;           /* -1: nothing is written; all is read nevertheless */
	const char *path; /* of @fd, for messages */
	/*
	 * @fd is a file, empty behind @base, where the dump goes to @base: pages of
	 * zeros become holes, and its position stays. Otherwise @fd is written from
	 * start to end.
	 */
	bool sparse;
	uint64_t base;
	const struct progress *progress; /* may be NULL; called from any thread, one at a time */
};

/*
 * Copies. Of several failures, that with the lowest offset in the target is told:
 * ERR_FORMAT with the place of the damage, ERR_IO.
 */
int dump_copy(const struct dump_copy *copy, struct error *err);

#endif
