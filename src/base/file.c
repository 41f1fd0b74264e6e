/* SPDX-License-Identifier: MIT */
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

int file_read_some(int fd, void *data, size_t room, size_t *got)
{
	uint8_t *bytes = data;

	*got = 0;
	while (*got < room) {
		ssize_t count = read(fd, bytes + *got, room - *got);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -errno;
		if (count == 0)
			break;
		*got += (size_t)count;
	}
	return 0;
}

/* Reads to the end of @fd, growing the buffer; one byte beyond @limit fails. */
static int read_growing(int fd, uint8_t **data, size_t *size, size_t limit,
			const char *path, struct error *err)
{
	size_t room = 0, used = 0, got;
	uint8_t *buffer = NULL;
	int rc;

	do {
		uint8_t *larger;

		room = room ? room * 2 : 64 * 1024;
		if (room > limit + 2)
			room = limit + 2;
		larger = realloc(buffer, room);
		if (!larger) {
			free(buffer);
			return error_set(err, ERR_NOMEM, "Out of memory");
		}
		buffer = larger;
		rc = file_read_some(fd, buffer + used, room - 1 - used, &got);
		if (rc < 0) {
			free(buffer);
			return error_set_errno(err, ERR_IO, -rc,
					       "Cannot read '%s'", path);
		}
		used += got;
		if (used > limit) {
			free(buffer);
			return error_set(err, ERR_FORMAT,
					 "File '%s' is larger than the %zu bytes allowed here",
					 path, limit);
		}
	} while (used == room - 1);
	buffer[used] = '\0';
	*data = buffer;
	*size = used;
	return 0;
}

int file_read(uint8_t **data, size_t *size, const char *path, size_t limit,
	      struct error *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	struct stat st;
	int fd, rc;

	*data = NULL;
	*size = 0;
	fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(err, ERR_IO, errno,
				       "Cannot open '%s'", path);
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		rc = error_set_errno(err, ERR_IO, EISDIR, "Cannot read '%s'", path);
	else
		rc = read_growing(fd, data, size, limit, path, err);
	if (!is_stdin)
		close(fd);
	return rc;
}

int file_write_all(int fd, const void *data, size_t size, const char *path,
		   struct error *err)
{
	const uint8_t *bytes = data;

	while (size > 0) {
		ssize_t count = write(fd, bytes, size);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return error_set_errno(err, ERR_IO, errno,
					       "Cannot write '%s'", path);
		bytes += count;
		size -= (size_t)count;
	}
	return 0;
}

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

/* A file without a name where the file system can do that: a kill leaves nothing. */
static int open_hidden(struct outfile *file, mode_t mode, struct error *err)
{
	file->fd = openat(file->folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (file->fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR ||
			     errno == ENOENT || errno == EINVAL)) {
		make_temporary_name(file);
		file->fd = openat(file->folder, file->temporary,
				  O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
				  0600);
	}
	if (file->fd < 0)
		return error_set_errno(err, ERR_IO, errno,
				       "Cannot create a file beside '%s'", file->path);
	if (fchmod(file->fd, mode) < 0)
		return error_set_errno(err, ERR_IO, errno,
				       "Cannot set the mode of '%s'", file->path);
	return 0;
}

static int open_through(struct outfile *file, struct error *err)
{
	file->through = true;
	if (strcmp(file->path, "-") == 0) {
		file->fd = STDOUT_FILENO;
		return 0;
	}
	file->fd = open(file->path, O_WRONLY | O_CLOEXEC);
	if (file->fd < 0)
		return error_set_errno(err, ERR_IO, errno,
				       "Cannot open '%s'", file->path);
	return 0;
}

static int refuse_existing(const char *path, struct error *err)
{
	error_set(err, ERR_EXISTS, "Output '%s' exists already", path);
	return error_hint(err, ERR_EXISTS,
			  "Choose another name, or say that it may be replaced (--overwrite)");
}

/* Is it something that only makes sense written in place? Follows links (/dev/stdout). */
static bool is_special(const char *path)
{
	struct stat st;

	if (strcmp(path, "-") == 0)
		return true;
	return stat(path, &st) == 0 &&
	       (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode));
}

static int outfile_start(struct outfile *file, mode_t mode, struct error *err)
{
	struct stat st;
	int rc;

	if (is_special(file->path))
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

bool outfile_is_seekable(const struct outfile *file)
{
	return lseek(file->fd, 0, SEEK_CUR) >= 0;
}

/* Gives a nameless file the name @name in the folder. Returns 0 or -1 with errno. */
static int link_hidden(const struct outfile *file, const char *name)
{
	char self[64];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", file->fd);
	return linkat(AT_FDCWD, self, file->folder, name, AT_SYMLINK_FOLLOW);
}

static int publish_new(struct outfile *file)
{
	if (!file->temporary[0])
		return link_hidden(file, file->name);
	/* A hard link, unlike rename, never replaces what appeared meanwhile. */
	if (linkat(file->folder, file->temporary, file->folder, file->name, 0) < 0)
		return -1;
	unlinkat(file->folder, file->temporary, 0);
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

mode_t file_default_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}
