/* SPDX-License-Identifier: MIT */
/* Output files that appear whole or not at all. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define SELF_SIZE 32 /* room for "/proc/self/fd/" and a number */

struct outfile {
	int fd;
	int folder;       /* descriptor of the target's folder, or -1 */
	char *path;       /* as the caller wrote it, for messages */
	char *name;       /* last part of the path */
	char temporary[64]; /* name in the folder, or empty (O_TMPFILE) */
	enum outfile_policy policy;
	bool through;     /* written in place: "-", FIFO, device */
};

static void outfile_free(struct outfile *file)
{
	if (file->fd > STDERR_FILENO)
		close(file->fd);
	if (file->folder >= 0)
		close(file->folder);
	free(file->path);
	free(file->name);
	free(file);
}

static void make_temporary_name(struct outfile *file)
{
	uint64_t number = 0;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		number = (uint64_t)getpid();
	snprintf(file->temporary, sizeof(file->temporary), ".uv-%016llx.tmp",
		 (unsigned long long)number);
}

static int open_folder(struct outfile *file, struct error *err)
{
	char *copy = strdup(file->path), *base = strdup(file->path);

	if (copy && base) {
		file->name = strdup(basename(base));
		file->folder = open(dirname(copy),
				    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	free(copy);
	free(base);
	if (file->name && file->folder >= 0)
		return 0;
	return error_set_errno(err, ERR_IO, file->name ? errno : ENOMEM,
			       "Cannot open the folder of '%s'", file->path);
}

/* The nameless file in the form in which it can be given a name. */
static void describe_hidden(char self[SELF_SIZE], const struct outfile *file)
{
	snprintf(self, SELF_SIZE, "/proc/self/fd/%d", file->fd);
}

/* A nameless file, which a kill leaves nothing of. False where there can be none. */
static bool open_nameless(struct outfile *file)
{
	char self[SELF_SIZE];

	file->fd = openat(file->folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (file->fd < 0)
		return errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT &&
		       errno != EINVAL;
	describe_hidden(self, file);
	if (access(self, F_OK) == 0)
		return true;
	/* Without /proc it would never get a name: see now, not when all is written. */
	close(file->fd);
	file->fd = -1;
	return false;
}

static int open_hidden(struct outfile *file, mode_t mode, struct error *err)
{
	if (!open_nameless(file)) {
		make_temporary_name(file);
		file->fd = openat(file->folder, file->temporary,
				  O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
				  0600);
		if (file->fd < 0)
			file->temporary[0] = '\0'; /* whatever is there is not ours */
	}
	if (file->fd < 0)
		return error_set_errno(err, ERR_IO, errno,
				       "Cannot create a file beside '%s'", file->path);
	if (fchmod(file->fd, mode) < 0)
		return error_set_errno(err, ERR_IO, errno,
				       "Cannot set the mode of '%s'", file->path);
	return 0;
}

static bool is_special_mode(mode_t mode)
{
	return S_ISFIFO(mode) || S_ISCHR(mode) || S_ISBLK(mode);
}

/*
 * Does @path stand for a descriptor of this or another process (/dev/stdout,
 * /dev/fd/3, /proc/PID/fd/3)? What it leads to may be a regular file, but the
 * name cannot be given to another one. Links that anybody could have made are
 * no such names.
 */
static bool names_descriptor(const char *path)
{
	struct stat st, proc;

	if (strcmp(path, "/dev/stdout") == 0 || strcmp(path, "/dev/stderr") == 0)
		return true;
	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode) &&
	       stat("/proc/self/fd", &proc) == 0 && st.st_dev == proc.st_dev;
}

bool outfile_writes_through(const char *path)
{
	struct stat st;

	if (strcmp(path, "-") == 0 || names_descriptor(path))
		return true;
	return stat(path, &st) == 0 && is_special_mode(st.st_mode);
}

static int open_through(struct outfile *file, struct error *err)
{
	struct stat st;

	file->through = true;
	if (strcmp(file->path, "-") == 0) {
		file->fd = STDOUT_FILENO;
		return 0;
	}
	file->fd = open(file->path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	if (file->fd < 0 || fstat(file->fd, &st) < 0)
		return error_set_errno(err, ERR_IO, errno,
				       "Cannot open '%s'", file->path);
	/* Somebody may have put a link to a file into the place of the device. */
	if (!is_special_mode(st.st_mode) && !names_descriptor(file->path))
		return error_set(err, ERR_IO, "'%s' changed while it was opened",
				 file->path);
	return 0;
}

static int refuse_existing(const char *path, struct error *err)
{
	error_set(err, ERR_EXISTS, "Output '%s' exists already", path);
	return error_hint(err, ERR_EXISTS,
			  "Choose another name, or say that it may be replaced (--overwrite)");
}

static bool names_folder(const char *path)
{
	size_t length = strlen(path);

	return length > 0 && path[length - 1] == '/';
}

static int outfile_start(struct outfile *file, mode_t mode, struct error *err)
{
	struct stat st;
	int rc;

	if (names_folder(file->path))
		return error_set_errno(err, ERR_IO, EISDIR, "Cannot write '%s'",
				       file->path);
	if (outfile_writes_through(file->path))
		return open_through(file, err);
	rc = open_folder(file, err);
	if (rc < 0)
		return rc;
	if (fstatat(file->folder, file->name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		if (S_ISDIR(st.st_mode))
			return error_set_errno(err, ERR_IO, EISDIR,
					       "Cannot write '%s'", file->path);
		if (file->policy == OUTFILE_KEEP)
			return refuse_existing(file->path, err);
		if (!S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode))
			return error_set(err, ERR_IO, "'%s' is no regular file",
					 file->path);
	}
	return open_hidden(file, mode, err);
}

int outfile_open(struct outfile **out, const char *path,
		 enum outfile_policy policy, mode_t mode, struct error *err)
{
	struct outfile *file = calloc(1, sizeof(*file));
	int rc;

	*out = NULL;
	if (!file)
		return error_set(err, ERR_NOMEM, "Out of memory");
	file->fd = file->folder = -1;
	file->policy = policy;
	file->path = strdup(path);
	rc = file->path ? outfile_start(file, mode, err)
			: error_set(err, ERR_NOMEM, "Out of memory");
	if (rc < 0) {
		outfile_abort(file);
		return rc;
	}
	*out = file;
	return 0;
}

int outfile_fd(const struct outfile *file)
{
	return file->fd;
}

/* Gives a nameless file the name @name in the folder. Returns 0 or -1 with errno. */
static int link_hidden(const struct outfile *file, const char *name)
{
	char self[SELF_SIZE];

	describe_hidden(self, file);
	return linkat(AT_FDCWD, self, file->folder, name, AT_SYMLINK_FOLLOW);
}

/* Both ways never replace what appeared meanwhile. */
static int publish_new(struct outfile *file)
{
	if (!file->temporary[0])
		return link_hidden(file, file->name);
	if (renameat2(file->folder, file->temporary, file->folder, file->name,
		      RENAME_NOREPLACE) < 0) {
		if (errno != EINVAL && errno != ENOSYS)
			return -1;
		/* No such rename here: a second name, then drop the first. */
		if (linkat(file->folder, file->temporary, file->folder, file->name, 0) < 0)
			return -1;
		unlinkat(file->folder, file->temporary, 0);
	}
	file->temporary[0] = '\0';
	return 0;
}

static int publish_replacing(struct outfile *file)
{
	if (!file->temporary[0]) {
		/* Straight to the final name when that is free: no temporary at all. */
		if (link_hidden(file, file->name) == 0)
			return 0;
		if (errno != EEXIST)
			return -1;
		make_temporary_name(file);
		if (link_hidden(file, file->temporary) < 0) {
			file->temporary[0] = '\0';
			return -1;
		}
	}
	if (renameat(file->folder, file->temporary, file->folder, file->name) < 0)
		return -1;
	file->temporary[0] = '\0';
	return 0;
}

int outfile_commit(struct outfile *file, struct error *err)
{
	int rc = 0;

	if (file->through) {
		outfile_free(file);
		return 0;
	}
	if (fsync(file->fd) < 0)
		rc = error_set_errno(err, ERR_IO, errno, "Cannot write '%s'",
				     file->path);
	else if ((file->policy == OUTFILE_KEEP ? publish_new(file)
					       : publish_replacing(file)) < 0)
		rc = errno == EEXIST
			? refuse_existing(file->path, err)
			: error_set_errno(err, ERR_IO, errno,
					  "Cannot create '%s'", file->path);
	else if (fsync(file->folder) < 0 && errno != EINVAL)
		rc = error_set_errno(err, ERR_IO, errno,
				     "Cannot store the name '%s'", file->path);
	if (rc < 0) {
		outfile_abort(file);
		return rc;
	}
	outfile_free(file);
	return 0;
}

void outfile_abort(struct outfile *file)
{
	if (!file)
		return;
	if (file->temporary[0])
		unlinkat(file->folder, file->temporary, 0);
	outfile_free(file);
}

int file_write(const char *path, const void *data, size_t size,
	       enum outfile_policy policy, mode_t mode, struct error *err)
{
	struct outfile *file;
	int rc = outfile_open(&file, path, policy, mode, err);

	if (rc < 0)
		return rc;
	rc = file_write_all(outfile_fd(file), data, size, path, err);
	if (rc < 0) {
		outfile_abort(file);
		return rc;
	}
	return outfile_commit(file, err);
}
