/* SPDX-License-Identifier: MIT */
#include "ipl/disk_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static bool read_blocks(void *context, uint64_t block, uint32_t count, void *to)
{
	const struct disk_file *file = context;
	uint64_t blocks = file->size / file->disk.block_size;
	size_t got, size = (size_t)count * file->disk.block_size;

	if (block >= blocks || count > blocks - block)
		return false;
	return file_read_at(file->fd, to, size, block * file->disk.block_size, &got) == 0 &&
	       got == size;
}

/* Looks for a boot record, and at the block size that it names. */
static uint32_t detect(struct disk_file *file)
{
	struct boot_record record;
	uint32_t size;
	size_t got;

	if (file_read_at(file->fd, &record, sizeof(record), 0, &got) < 0 ||
	    got != sizeof(record) ||
	    memcmp(record.magic, BOOTMAP_MAGIC, BOOTMAP_MAGIC_SIZE) != 0)
		return BOOTMAP_BLOCK_MIN;
	file->bootable = true;
	size = be16_get(record.program_table.block_size);
	return bootmap_block_size_valid(size) ? size : BOOTMAP_BLOCK_MIN;
}

static int look(struct disk_file *file, const char *path, struct error *err)
{
	off_t size = lseek(file->fd, 0, SEEK_END);
	struct stat st;

	if (fstat(file->fd, &st) < 0)
		return error_set_errno(err, ERR_IO, errno, "Cannot read '%s'", path);
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return error_set(err, ERR_INVALID, "'%s' is neither a file nor a block device",
				 path);
	if (size < 0)
		return error_set_errno(err, ERR_IO, errno, "Cannot read '%s'", path);
	file->size = (uint64_t)size;
	return 0;
}

int disk_file_open(struct disk_file *file, const char *path, uint32_t block_size,
		   struct error *err)
{
	uint32_t detected;
	int rc;

	*file = (struct disk_file){ .fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) };
	if (file->fd < 0)
		return error_set_errno(err, ERR_IO, errno, "Cannot open '%s'", path);
	rc = look(file, path, err);
	if (rc < 0) {
		close(file->fd);
		return rc;
	}
	detected = detect(file);
	file->disk = (struct bootmap_disk){
		.block_size = block_size ? block_size : detected,
		.read = read_blocks,
		.context = file,
	};
	return 0;
}

void disk_file_close(struct disk_file *file)
{
	close(file->fd);
}
