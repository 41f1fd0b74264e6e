/* SPDX-License-Identifier: MIT */
#include "image/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/secret.h"

struct source {
	char *name;
	int fd;             /* -1: memory only, or a FIFO that is not open yet */
	bool closes;        /* fd is ours */
	bool unopened_fifo;
	bool ranged;        /* fd is read by position, up to @end */
	uint64_t position;
	uint64_t end;
	uint64_t known_size;
	const uint8_t *memory; /* read before fd: peeked bytes, or all there is */
	size_t memory_size;
	size_t memory_used;
	uint8_t *peeked;    /* what @memory points to when it is ours */
};

static struct source *source_new(const char *name)
{
	struct source *source = calloc(1, sizeof(*source));

	if (!source)
		return NULL;
	source->fd = -1;
	source->name = strdup(name);
	if (!source->name) {
		free(source);
		return NULL;
	}
	return source;
}

void source_free(struct source *source)
{
	if (!source)
		return;
	if (source->closes)
		close(source->fd);
	if (source->peeked)
		secret_wipe(source->peeked, source->memory_size);
	free(source->peeked);
	free(source->name);
	free(source);
}

static int open_now(struct source *source, struct error *err)
{
	struct stat st;

	source->unopened_fifo = false;
	if (strcmp(source->name, "-") == 0) {
		source->fd = STDIN_FILENO;
	} else {
		source->fd = open(source->name, O_RDONLY | O_CLOEXEC);
		source->closes = source->fd >= 0;
	}
	if (source->fd < 0 || fstat(source->fd, &st) < 0)
		return error_set_errno(err, ERR_IO, errno, "Cannot open '%s'",
				       source->name);
	if (S_ISDIR(st.st_mode))
		return error_set_errno(err, ERR_IO, EISDIR, "Cannot read '%s'",
				       source->name);
	if (S_ISREG(st.st_mode)) {
		source->known_size = (uint64_t)st.st_size;
		/* Only a hint for the kernel's read-ahead. */
		(void)posix_fadvise(source->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	}
	return 0;
}

int source_from_file(struct source **out, const char *path, struct error *err)
{
	struct source *source = source_new(path);
	struct stat st;
	int rc = 0;

	*out = NULL;
	if (!source)
		return error_set(err, ERR_NOMEM, "Out of memory");
	if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISFIFO(st.st_mode))
		source->unopened_fifo = true;
	else
		rc = open_now(source, err);
	if (rc < 0) {
		source_free(source);
		return rc;
	}
	*out = source;
	return 0;
}

int source_from_range(struct source **out, int fd, uint64_t offset,
		      uint64_t size, const char *name, struct error *err)
{
	struct source *source;

	*out = NULL;
	if (offset > INT64_MAX || size > INT64_MAX - offset)
		return error_set(err, ERR_INVALID,
				 "A range of '%s' ends beyond any file", name);
	source = source_new(name);
	if (!source)
		return error_set(err, ERR_NOMEM, "Out of memory");
	source->fd = fd;
	source->ranged = true;
	source->position = offset;
	source->end = offset + size;
	source->known_size = size;
	*out = source;
	return 0;
}

int source_from_bytes(struct source **out, const void *bytes, size_t size,
		      const char *name, struct error *err)
{
	struct source *source = source_new(name);

	*out = source;
	if (!source)
		return error_set(err, ERR_NOMEM, "Out of memory");
	source->memory = bytes;
	source->memory_size = size;
	source->known_size = size;
	return 0;
}

/* As file_read_some(), from where the last read ended, within the range. */
static int read_range(struct source *source, uint8_t *data, size_t room,
		      size_t *got)
{
	uint64_t left = source->end - source->position;
	int rc;

	if (room > left)
		room = (size_t)left;
	rc = file_read_at(source->fd, data, room, source->position, got);
	source->position += *got;
	return rc;
}

static int read_descriptor(struct source *source, uint8_t *data, size_t room,
			   size_t *got, struct error *err)
{
	int rc = 0;

	*got = 0;
	if (source->unopened_fifo)
		rc = open_now(source, err);
	if (rc < 0 || source->fd < 0)
		return rc;
	rc = source->ranged ? read_range(source, data, room, got)
			    : file_read_some(source->fd, data, room, got);
	if (rc < 0)
		return error_set_errno(err, ERR_IO, -rc, "Cannot read '%s'",
				       source->name);
	return 0;
}

int source_peek(struct source *source, size_t count, const uint8_t **bytes,
		size_t *got, struct error *err)
{
	int rc;

	*bytes = source->memory;
	*got = source->memory_size < count ? source->memory_size : count;
	if (source->memory)
		return 0;
	source->peeked = malloc(count ? count : 1);
	if (!source->peeked)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = read_descriptor(source, source->peeked, count, got, err);
	source->memory = source->peeked;
	source->memory_size = *got;
	*bytes = source->memory;
	return rc;
}

int source_read(struct source *source, void *data, size_t room, size_t *got,
		struct error *err)
{
	size_t left = source->memory_size - source->memory_used;
	size_t kept = left < room ? left : room;
	size_t more = 0;
	int rc = 0;

	if (kept) {
		memcpy(data, source->memory + source->memory_used, kept);
		source->memory_used += kept;
	}
	if (kept < room)
		rc = read_descriptor(source, (uint8_t *)data + kept, room - kept,
				     &more, err);
	*got = kept + more;
	return rc;
}

uint64_t source_known_size(const struct source *source)
{
	return source->known_size;
}
