/* SPDX-License-Identifier: MIT */
#include "sipl/target.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ipl/partition.h"

#define SIZE_UNIT ((uint64_t)1 << 20) /* that new disks are rounded up to */
#define CHUNK ((size_t)1 << 20)

/* --- A new disk -------------------------------------------------------------------- */

static int choose_size(uint64_t *size, const struct target_order *order, struct error *err)
{
	uint64_t needed = (order->needed + 1) * order->block_size;

	*size = order->size;
	if (!order->size)
		*size = (needed + SIZE_UNIT - 1) / SIZE_UNIT * SIZE_UNIT;
	else if (order->size < needed)
		return error_set(err, ERR_INVALID,
				 "A disk of %" PRIu64 " bytes is too small: %" PRIu64
				 " are needed", order->size, needed);
	return 0;
}

/* Makes the empty disk: a hole, or zeros for which there is room for certain. */
static int set_size(int fd, uint64_t size, bool sparse, const char *path,
		    struct error *err)
{
	int rc = ftruncate(fd, (off_t)size) < 0 ? errno : 0;

	if (rc == 0 && !sparse)
		rc = posix_fallocate(fd, 0, (off_t)size);
	return rc ? error_set_errno(err, ERR_IO, rc, "Cannot make '%s' %" PRIu64 " bytes long",
				    path, size)
		  : 0;
}

static int open_new(struct target *target, const struct target_order *order,
		    struct error *err)
{
	uint64_t size;
	int rc;

	if (outfile_writes_through(order->path)) {
		error_set(err, ERR_INVALID, "'%s' is no place for a disk", order->path);
		return error_hint(err, ERR_INVALID, "Name a file, or a block device");
	}
	target->path = strdup(order->path);
	if (!target->path)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = choose_size(&size, order, err);
	if (rc == 0)
		rc = outfile_open(&target->file, target->path,
				  order->overwrite ? OUTFILE_REPLACE : OUTFILE_KEEP,
				  file_default_mode(), err);
	if (rc == 0)
		rc = set_size(outfile_fd(target->file), size, order->sparse, target->path, err);
	if (rc < 0)
		return rc;
	target->space.next = 1;
	target->space.end = size / order->block_size;
	target->space.blank = true;
	return 0;
}

/* --- An existing disk ---------------------------------------------------------------- */

static int copy_range(int from, int to, uint64_t offset, uint64_t end, const char *path,
		      struct error *err)
{
	uint8_t *buffer = malloc(CHUNK);
	int rc = buffer ? 0 : error_set(err, ERR_NOMEM, "Out of memory");

	if (rc == 0 && lseek(to, (off_t)offset, SEEK_SET) < 0)
		rc = error_set_errno(err, ERR_IO, errno, "Cannot copy '%s'", path);
	while (rc == 0 && offset < end) {
		size_t got, wanted = end - offset < CHUNK ? (size_t)(end - offset) : CHUNK;
		int failed = file_read_at(from, buffer, wanted, offset, &got);

		if (failed < 0 || got == 0)
			rc = error_set_errno(err, ERR_IO, failed < 0 ? -failed : EIO,
					     "Cannot read '%s'", path);
		else
			rc = file_write_all(to, buffer, got, path, err);
		offset += got;
	}
	free(buffer);
	return rc;
}

/* Copies what is there and leaves holes as they are; shares blocks where that goes. */
static int copy_disk(int from, int to, uint64_t size, const char *path, struct error *err)
{
	off_t data = 0, hole;
	int rc = 0;

	if (ioctl(to, FICLONE, from) == 0)
		return 0;
	if (ftruncate(to, (off_t)size) < 0)
		return error_set_errno(err, ERR_IO, errno, "Cannot copy '%s'", path);
	while (rc == 0 && (uint64_t)data < size) {
		data = lseek(from, data, SEEK_DATA);
		if (data < 0 && errno == ENXIO)
			break; /* nothing but holes */
		hole = data < 0 ? data : lseek(from, data, SEEK_HOLE);
		if (hole < 0)
			return error_set_errno(err, ERR_IO, errno, "Cannot copy '%s'", path);
		rc = copy_range(from, to, (uint64_t)data, (uint64_t)hole, path, err);
		data = hole;
	}
	return rc;
}

static int refuse_content(const char *path, unsigned number, struct error *err)
{
	if (number)
		error_set(err, ERR_EXISTS, "Partition %u of '%s' is not empty", number, path);
	else
		error_set(err, ERR_EXISTS, "'%s' is not empty", path);
	return error_hint(err, ERR_EXISTS,
			  "What is in it would be lost; say that it may (--overwrite)");
}

/* File systems have something in their first MiB. */
static int check_empty(int fd, const struct partition *partition,
		       const struct target_order *order, const char *path,
		       struct error *err)
{
	uint64_t size = partition->count * order->block_size;
	uint8_t *start = malloc(CHUNK);
	size_t got;
	int rc = start ? file_read_at(fd, start, size < CHUNK ? (size_t)size : CHUNK,
				      partition->first * order->block_size, &got)
		       : -ENOMEM;

	if (rc < 0)
		rc = error_set_errno(err, ERR_IO, -rc, "Cannot read '%s'", path);
	for (size_t i = 0; rc == 0 && i < got; i++)
		if (start[i])
			rc = refuse_content(path, order->partition, err);
	free(start);
	return rc;
}

/* The partition, or all of a device; the boot record's block is never taken. */
static int find_space(struct target *target, const struct target_order *order, int fd,
		      uint64_t size, struct error *err)
{
	uint64_t blocks = size / order->block_size;
	struct partition partition = { .count = blocks };
	int rc = 0;

	if (order->partition)
		rc = partition_find(&partition, fd, target->path, order->block_size, blocks,
				    order->partition, err);
	if (rc == 0 && !order->overwrite)
		rc = check_empty(fd, &partition, order, target->path, err);
	if (rc < 0)
		return rc;
	target->space.next = partition.first ? partition.first : 1;
	target->space.end = partition.first + partition.count;
	if (target->space.end < target->space.next + order->needed)
		return error_set(err, ERR_INVALID,
				 "There is room for %" PRIu64 " bytes in '%s'; %" PRIu64
				 " are needed", partition.count * order->block_size,
				 target->path, order->needed * order->block_size);
	return 0;
}

/* The disk at @fd as the base of the result. */
static int take_existing(struct target *target, const struct target_order *order, int fd,
			 struct error *err)
{
	off_t size = lseek(fd, 0, SEEK_END);
	struct stat st;
	int rc;

	if (size < 0 || fstat(fd, &st) < 0)
		return error_set_errno(err, ERR_IO, errno, "Cannot read '%s'", target->path);
	rc = find_space(target, order, fd, (uint64_t)size, err);
	if (rc == 0)
		rc = outfile_open(&target->file, target->path, OUTFILE_REPLACE,
				  st.st_mode & 07777, err);
	if (rc == 0 && S_ISREG(st.st_mode))
		rc = copy_disk(fd, outfile_fd(target->file), (uint64_t)size, target->path, err);
	return rc;
}

static int open_existing(struct target *target, const struct target_order *order,
			 struct error *err)
{
	int fd, rc;

	target->path = realpath(order->path, NULL);
	fd = target->path ? open(target->path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return error_set_errno(err, ERR_IO, errno, "Cannot open '%s'", order->path);
	rc = take_existing(target, order, fd, err);
	close(fd);
	return rc;
}

/* --- Both ---------------------------------------------------------------------------- */

static bool is_block_device(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISBLK(st.st_mode);
}

int target_open(struct target *target, const struct target_order *order,
		struct error *err)
{
	bool device = is_block_device(order->path);
	int rc;

	*target = (struct target){ .space.block_size = order->block_size };
	if (device && order->size)
		return error_set(err, ERR_INVALID, "'%s' is a device, which has a size already",
				 order->path);
	rc = device || order->partition ? open_existing(target, order, err)
					: open_new(target, order, err);
	if (rc < 0)
		return rc;
	target->space.fd = outfile_fd(target->file);
	target->space.path = target->path;
	return 0;
}

int target_commit(struct target *target, struct error *err)
{
	int rc;

	/* The boot record, too, on a block device, of which outfile knows nothing. */
	if (fsync(target->space.fd) < 0)
		return error_set_errno(err, ERR_IO, errno, "Cannot write '%s'", target->path);
	rc = outfile_commit(target->file, err);
	target->file = NULL;
	return rc;
}

void target_abort(struct target *target)
{
	outfile_abort(target->file);
	free(target->path);
	*target = (struct target){ 0 };
}
