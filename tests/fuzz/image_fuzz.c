/* SPDX-License-Identifier: MIT */
/*
 * Image files. Where the components can be digested, the header's digests are
 * repaired and the image is verified again: then the answer has to be yes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "image/extract.h"
#include "image/layout.h"
#include "image/metadata.h"
#include "image/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *store(int fd, const uint8_t *data, size_t size)
{
	static char path[64];

	if (ftruncate(fd, 0) < 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return path;
}

static bool overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a < b + b_size && b < a + a_size;
}

/* Header, metadata and IPIB may share bytes; then one repair spoils another. */
static bool is_tangled(const struct se_image *image)
{
	return overlap(image->header_offset, sizeof(struct se_header_fixed),
		       image->ipib_offset, IPIB_MAX_SIZE) ||
	       overlap(image->header_offset, sizeof(struct se_header_fixed),
		       IMAGE_METADATA_ADDRESS, sizeof(struct image_metadata));
}

/* What the header says about the components becomes true. */
static void repair(int fd, const struct se_image *image,
		   const struct image_verdict *verdict)
{
	struct se_header_fixed fixed = *image->header.fixed;

	fixed.page_count = be64(verdict->pages);
	fixed.digests = verdict->digests;
	if (pwrite(fd, &fixed, sizeof(fixed), (off_t)image->header_offset) !=
	    (ssize_t)sizeof(fixed))
		abort();
}

/* The first repair is of the number of pages, the second of the digests. */
static void verify(int fd, const char *path)
{
	struct image_verdict verdict;
	bool tangled = false;
	int rc = 0;

	for (int round = 0; round < 3 && rc == 0; round++) {
		struct se_image *image;

		if (se_image_open(&image, path, NULL, NULL) < 0)
			return;
		tangled |= is_tangled(image);
		rc = image_verify(&verdict, image, NULL, NULL);
		if (rc == 0)
			repair(fd, image, &verdict);
		se_image_close(image);
	}
	if (rc == 0 && !tangled &&
	    !(verdict.pages_match && verdict.contents_match &&
	      verdict.addresses_match && verdict.tweaks_match))
		abort();
}

static void extract(const char *path)
{
	static const struct extract_window window = { 0, 4 };
	struct extracted_header header;

	if (header_extract(&header, path, NULL, NULL, NULL) == 0)
		free(header.bytes);
	if (header_extract(&header, path, &window, NULL, NULL) == 0)
		free(header.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	const char *path;

	if (fd < 0)
		fd = memfd_create("image", MFD_CLOEXEC);
	if (fd < 0)
		return 0;
	path = store(fd, data, size);
	extract(path);
	verify(fd, path);
	return 0;
}
