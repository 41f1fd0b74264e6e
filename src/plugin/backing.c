/* SPDX-License-Identifier: MIT */
#include "plugin/backing.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define HOST_PAGE 4096UL

/* Bits of an entry of /proc/self/pagemap. */
#define PAGEMAP_PRESENT (UINT64_C(1) << 63)
#define PAGEMAP_SWAPPED (UINT64_C(1) << 62)

static struct {
	int pagemap; /* -1 = nothing is known */
	uintptr_t host;
} known = { .pagemap = -1 };

/* Does one private anonymous mapping cover the range? */
static bool is_anonymous(uintptr_t start, uintptr_t end)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	bool found = false;
	char line[512];

	while (maps && !found && fgets(line, sizeof(line), maps)) {
		unsigned long from, to, inode;
		char permissions[8];

		if (sscanf(line, "%lx-%lx %7s %*x %*s %lu", &from, &to, permissions,
			   &inode) == 4)
			found = from <= start && to >= end && inode == 0 &&
				permissions[3] == 'p';
	}
	if (maps)
		fclose(maps);
	return found;
}

void backing_learn(const void *host, uint64_t size)
{
	uintptr_t start = (uintptr_t)host;

	if (known.pagemap >= 0 || start % HOST_PAGE ||
	    sysconf(_SC_PAGESIZE) != HOST_PAGE || !is_anonymous(start, start + size))
		return;
	known.host = start;
	known.pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
}

bool backing_may_hold(uint64_t address, size_t size)
{
	uint64_t entries[BACKING_MAX_SIZE / HOST_PAGE];
	size_t pages = (size + HOST_PAGE - 1) / HOST_PAGE;
	size_t bytes = pages * sizeof(entries[0]);
	off_t at = (off_t)((known.host + address) / HOST_PAGE * sizeof(entries[0]));

	if (known.pagemap < 0 || size > BACKING_MAX_SIZE ||
	    pread(known.pagemap, entries, bytes, at) != (ssize_t)bytes)
		return true;
	for (size_t i = 0; i < pages; i++) {
		if (entries[i] & (PAGEMAP_PRESENT | PAGEMAP_SWAPPED))
			return true;
	}
	return false;
}
