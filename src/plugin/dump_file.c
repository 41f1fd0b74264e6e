/* SPDX-License-Identifier: MIT */
#include "plugin/dump_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How often a descriptor that takes nothing is looked at again, in ms. */
#define PATIENCE 200

static bool starts_empty(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_size == 0 && flags >= 0 &&
	       !(flags & O_APPEND) && lseek(fd, 0, SEEK_CUR) == 0;
}

struct dump_file dump_file_to(int fd, const _Atomic bool *cancelled)
{
	struct dump_file file = { .fd = fd, .cancelled = cancelled };
	struct stat st;

	file.regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	file.sparse = file.regular && starts_empty(fd);
	return file;
}

static int give_up(struct error *err)
{
	return error_set(err, ERR_REFUSED, "The dump was cancelled");
}

static bool is_cancelled(const struct dump_file *file)
{
	return file->cancelled && atomic_load(file->cancelled);
}

static int failed(int errnum, struct error *err)
{
	return error_set_errno(err, ERR_IO, errnum, "Cannot write the dump");
}

/*
 * How much of @size bytes can be written without waiting for a reader who may
 * never come: 0 = nothing now.
 */
static size_t room_for(const struct dump_file *file, size_t size)
{
	struct pollfd polled = { .fd = file->fd, .events = POLLOUT };

	if (file->regular)
		return size;
	if (poll(&polled, 1, PATIENCE) <= 0)
		return 0;
	/* A pipe that is ready takes so much at once. */
	return size < PIPE_BUF ? size : PIPE_BUF;
}

static int write_all(struct dump_file *file, const uint8_t *data, size_t size,
		     struct error *err)
{
	while (size > 0) {
		size_t room = room_for(file, size);
		ssize_t count;

		if (is_cancelled(file))
			return give_up(err);
		if (room == 0)
			continue;
		count = write(file->fd, data, room);
		if (count < 0 && errno != EAGAIN && errno != EINTR)
			return failed(errno, err);
		if (count > 0) {
			data += count;
			size -= (size_t)count;
			file->written += (uint64_t)count;
		}
	}
	return 0;
}

static bool is_zero(const uint8_t *data, size_t size)
{
	return data[0] == 0 && memcmp(data, data + 1, size - 1) == 0;
}

/* Bytes at @data up to where zeros begin (@zeros false) or end, block by block. */
static size_t run_length(const uint8_t *data, size_t size, bool zeros)
{
	size_t length = 0;

	while (length < size) {
		size_t block = size - length < DUMP_FILE_BLOCK ? size - length :
								 DUMP_FILE_BLOCK;

		if (is_zero(data + length, block) != zeros)
			break;
		length += block;
	}
	return length;
}

static int skip(struct dump_file *file, size_t size, struct error *err)
{
	if (lseek(file->fd, (off_t)size, SEEK_CUR) < 0)
		return failed(errno, err);
	file->written += size;
	return 0;
}

int dump_file_write(struct dump_file *file, const void *data, size_t size,
		    struct error *err)
{
	const uint8_t *bytes = data;
	int rc = 0;

	while (rc == 0 && size > 0) {
		size_t hole = file->sparse ? run_length(bytes, size, true) : 0;
		size_t run = file->sparse ? run_length(bytes + hole, size - hole, false) :
					    size;

		if (hole > 0)
			rc = skip(file, hole, err);
		if (rc == 0 && run > 0)
			rc = write_all(file, bytes + hole, run, err);
		file->hole_last = run == 0;
		bytes += hole + run;
		size -= hole + run;
	}
	return rc == 0 && is_cancelled(file) ? give_up(err) : rc;
}

int dump_file_finish(struct dump_file *file, struct error *err)
{
	if (file->sparse && file->hole_last &&
	    ftruncate(file->fd, (off_t)file->written) < 0)
		return failed(errno, err);
	return 0;
}
