/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* @offset -1: from the descriptor's own position. */
static int read_full(int fd, uint8_t *bytes, size_t room, off_t offset, size_t *got)
{
	*got = 0;
	while (*got < room) {
		ssize_t count = offset < 0
			? read(fd, bytes + *got, room - *got)
			: pread(fd, bytes + *got, room - *got, offset + (off_t)*got);

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

int file_read_some(int fd, void *data, size_t room, size_t *got)
{
	return read_full(fd, data, room, -1, got);
}

int file_read_at(int fd, void *data, size_t room, uint64_t offset, size_t *got)
{
	*got = 0;
	/* Beyond what any file can have there is nothing. */
	if (room > INT64_MAX || offset > INT64_MAX - room)
		return 0;
	return read_full(fd, data, room, (off_t)offset, got);
}

/* Reads to the end of @fd, growing the buffer; one byte beyond @limit fails. */
static int read_growing(int fd, uint8_t **data, size_t *size, size_t limit,
			const char *path, struct error *err)
{
	size_t room = 0, used = 0, got;
	uint8_t *buffer = NULL;
	int rc;

	if (limit > SIZE_MAX / 4)
		limit = SIZE_MAX / 4; /* so that no size below wraps around */
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

int file_make_folders(const char *path, mode_t mode, struct error *err)
{
	char *copy = strdup(path), *at = copy;
	int rc = copy ? 0 : error_set(err, ERR_NOMEM, "Out of memory");

	while (rc == 0 && at) {
		at = *at ? strchr(at + 1, '/') : NULL;
		if (at)
			*at = '\0';
		if (mkdir(copy, mode) < 0 && errno != EEXIST)
			rc = error_set_errno(err, ERR_IO, errno,
					     "Cannot create the folder '%s'", copy);
		if (at)
			*at = '/';
	}
	free(copy);
	return rc;
}

mode_t file_default_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}
