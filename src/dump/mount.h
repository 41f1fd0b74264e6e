/* SPDX-License-Identifier: MIT */
/*
 * A dump in its target form as the one file of a mounted folder. Pages are
 * decrypted when somebody reads them; what was read stays in the page cache of
 * the kernel, which bounds it, and nowhere else.
 */
#ifndef UV_DUMP_MOUNT_H
#define UV_DUMP_MOUNT_H

#include <sys/stat.h>

#include "dump/target.h"

struct dump_mount {
	const struct dump *dump;
	const struct target *target;
	enum dump_format format; /* gives the file its name: dump.elf or dump.s390 */
	const char *source;      /* shown as the source of the mount */
	const char *folder;
	struct stat times;       /* of the file: its st_atim, st_mtim, st_ctim */
	/* Called once when the file can be used; false ends the mount. */
	bool (*ready)(void *context);
	void *context;
};

/*
 * Mounts, and serves until somebody unmounts the folder or one of the signals
 * SIGINT, SIGTERM or SIGHUP arrives; then it is unmounted. ERR_UNSUPPORTED in a
 * program that was built without libfuse.
 */
int dump_mount(const struct dump_mount *mount, struct error *err);

/*
 * Unmounts @folder. ERR_INVALID when no dump is mounted there, ERR_IO when it is
 * still in use.
 */
int dump_unmount(const char *folder, struct error *err);

#endif
