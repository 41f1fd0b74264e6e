/* SPDX-License-Identifier: MIT */
/* Partition tables: the input is a disk. What is found must lie on it. */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "ipl/partition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(int fd, uint64_t blocks, uint32_t block_size, unsigned number)
{
	struct partition partition;

	if (partition_find(&partition, fd, "input", block_size, blocks, number, NULL) == 0 &&
	    (partition.first == 0 || partition.count == 0 || partition.first >= blocks ||
	     partition.count > blocks - partition.first))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("disk", MFD_CLOEXEC);

	if (fd < 0 || file_write_all(fd, data, size, "disk", NULL) < 0)
		abort();
	for (unsigned number = 1; number <= 5; number++) {
		look(fd, size / 512, 512, number);
		look(fd, size / 4096, 4096, number);
		/* As if there were more of the disk than the tables. */
		look(fd, 1 << 20, 512, number);
	}
	close(fd);
	return 0;
}
