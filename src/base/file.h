/* SPDX-License-Identifier: MIT */
/*
 * Whole input files, and output files that appear whole or not at all.
 */
#ifndef UV_BASE_FILE_H
#define UV_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

/*
 * Reads a file of at most @limit bytes into *@data (caller frees; a NUL is
 * put behind the last byte). Longer files give ERR_FORMAT. "-" is standard
 * input. FIFOs and /proc/PID/fd paths work.
 */
int file_read(uint8_t **data, size_t *size, const char *path, size_t limit,
	      struct error *err);

/*
 * Reads until @room bytes are there or the file ends; *@got says how many.
 * Returns 0 or -errno.
 */
int file_read_some(int fd, void *data, size_t room, size_t *got);

/* The same from byte @offset of a seekable file, whose own position stays. */
int file_read_at(int fd, void *data, size_t room, uint64_t offset, size_t *got);

/* Writes all of @size bytes, whatever write() splits. */
int file_write_all(int fd, const void *data, size_t size, const char *path,
		   struct error *err);

struct outfile;

enum outfile_policy {
	OUTFILE_KEEP,    /* an existing target is ERR_EXISTS, at open already */
	OUTFILE_REPLACE, /* an existing regular target is replaced */
};

/*
 * Starts an output file. It has no name, or a temporary one in the folder of
 * @path, until outfile_commit(). @mode is the exact final mode whatever the
 * umask (0600 for keys; pass 0666 & ~umask for ordinary files). A symbolic
 * link at @path is replaced, never followed. Where outfile_writes_through(),
 * there is no such protection. Caller ends it with outfile_commit() or
 * outfile_abort(), both of which free it.
 */
int outfile_open(struct outfile **out, const char *path,
		 enum outfile_policy policy, mode_t mode, struct error *err);
int outfile_fd(const struct outfile *file);

/*
 * Is @path written in place, as bytes come? So it is with "-" (standard
 * output), FIFOs, devices, and names of descriptors such as /dev/stdout.
 */
bool outfile_writes_through(const char *path);

/* fsync, then appear under the final name, then fsync of the folder. */
int outfile_commit(struct outfile *file, struct error *err);
void outfile_abort(struct outfile *file);

/* All of the above in one step. */
int file_write(const char *path, const void *data, size_t size,
	       enum outfile_policy policy, mode_t mode, struct error *err);

/*
 * Makes the folder @path and those missing above it, each with @mode without
 * the bits of the umask. A folder that exists stays as it is.
 */
int file_make_folders(const char *path, mode_t mode, struct error *err);

/* 0666 without the bits of the umask: the mode of ordinary output files. */
mode_t file_default_mode(void);

#endif
