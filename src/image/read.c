/* SPDX-License-Identifier: MIT */
#include "image/read.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/be.h"
#include "base/file.h"
#include "image/layout.h"
#include "image/metadata.h"

/* The start of a file: up to the last page where a header is looked for. */
#define START_SIZE (SE_HEADER_ADDRESS + SE_HEADER_MAX_SIZE)

struct start {
	uint8_t bytes[START_SIZE];
	size_t size;
};

static bool has_magic(const uint8_t *bytes, size_t left)
{
	return left >= SE_HEADER_MAGIC_SIZE &&
	       memcmp(bytes, SE_HEADER_MAGIC, SE_HEADER_MAGIC_SIZE) == 0;
}

static int no_header(const char *path, struct error *err)
{
	error_set(err, ERR_NOT_FOUND, "No Secure Execution header found in '%s'", path);
	return error_hint(err, ERR_NOT_FOUND,
			  "Give a Secure Execution image, or a header taken from one with pvextract-hdr");
}

/* The metadata block in the file's start, or NULL. */
static const struct image_metadata *find_metadata(const struct start *start)
{
	const struct image_metadata *metadata =
		(const struct image_metadata *)(start->bytes + IMAGE_METADATA_ADDRESS);

	if (start->size < IMAGE_METADATA_ADDRESS + sizeof(*metadata) ||
	    memcmp(metadata->magic, IMAGE_METADATA_MAGIC, sizeof(metadata->magic)) != 0)
		return NULL;
	return metadata;
}

/* Without metadata, the first page that starts with the magic wins. */
static int search_pages(struct se_image *image, const struct start *start,
			struct error *err)
{
	for (uint64_t at = 0; at <= SE_HEADER_ADDRESS && at < start->size;
	     at += PAGE_SIZE_4K) {
		if (!has_magic(start->bytes + at, start->size - at))
			continue;
		image->header_offset = at;
		image->form = at ? SE_IMAGE_LEGACY : SE_IMAGE_BARE_HEADER;
		image->ipib_offset = at ? LEGACY_IPIB_ADDRESS : 0;
		return 0;
	}
	return no_header(image->path, err);
}

static int find_header(struct se_image *image, const struct start *start,
		       const struct log *log, struct error *err)
{
	const struct image_metadata *metadata = find_metadata(start);

	if (!metadata)
		return search_pages(image, start, err);
	if (be32_get(metadata->version) != IMAGE_METADATA_VERSION_1)
		log_warn(log, "Unknown Secure Execution boot image version %" PRIu32,
			 be32_get(metadata->version));
	image->form = SE_IMAGE_CURRENT;
	image->header_offset = be64_get(metadata->header_offset);
	image->ipib_offset = be64_get(metadata->ipib_offset);
	return 0;
}

/*
 * Copies the header's bytes: from the start of the file where they lie there
 * (so that a pipe will do), else by position.
 */
static int copy_header(struct se_image *image, const struct start *start,
		       size_t *size, struct error *err)
{
	uint64_t at = image->header_offset;
	int rc;

	image->header_bytes = calloc(1, SE_HEADER_MAX_SIZE);
	if (!image->header_bytes)
		return error_set(err, ERR_NOMEM, "Out of memory");
	if (at <= START_SIZE - SE_HEADER_MAX_SIZE) {
		*size = at < start->size ? start->size - (size_t)at : 0;
		if (*size > SE_HEADER_MAX_SIZE)
			*size = SE_HEADER_MAX_SIZE;
		memcpy(image->header_bytes, start->bytes + at, *size);
		return 0;
	}
	rc = file_read_at(image->fd, image->header_bytes, SE_HEADER_MAX_SIZE, at, size);
	if (rc < 0)
		return error_set_errno(err, ERR_IO, -rc,
				       "Cannot read '%s' at offset 0x%" PRIx64,
				       image->path, at);
	return 0;
}

static int read_start(struct se_image *image, struct start *start,
		      struct error *err)
{
	int rc = file_read_some(image->fd, start->bytes, START_SIZE, &start->size);

	if (rc < 0)
		return error_set_errno(err, ERR_IO, -rc, "Cannot read '%s'",
				       image->path);
	return 0;
}

static int open_file(struct se_image *image, const char *path, struct error *err)
{
	image->path = strdup(path);
	if (!image->path)
		return error_set(err, ERR_NOMEM, "Out of memory");
	image->fd = strcmp(path, "-") == 0 ? STDIN_FILENO
					   : open(path, O_RDONLY | O_CLOEXEC);
	if (image->fd < 0)
		return error_set_errno(err, ERR_IO, errno, "Cannot open '%s'", path);
	return 0;
}

/* Opens the file and finds the header; its first *@size bytes are header_bytes. */
static int open_at_header(struct se_image *image, const char *path, size_t *size,
			  const struct log *log, struct error *err)
{
	struct start *start = malloc(sizeof(*start));
	int rc;

	if (!start)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = open_file(image, path, err);
	if (rc == 0)
		rc = read_start(image, start, err);
	if (rc == 0)
		rc = find_header(image, start, log, err);
	if (rc == 0)
		rc = copy_header(image, start, size, err);
	if (rc == 0 && !has_magic(image->header_bytes, *size))
		rc = no_header(path, err);
	free(start);
	return rc;
}

static int parse_header(struct se_image *image, size_t size,
			const struct log *log, struct error *err)
{
	int rc = se_header_parse(&image->header, image->header_bytes, size, NULL, err);

	if (rc < 0)
		return error_wrap(err, rc, "'%s', offset 0x%" PRIx64,
				  image->path, image->header_offset);
	if (be32_get(image->header.fixed->reserved_1c) != 0)
		log_warn(log, "The reserved word of the Secure Execution header (offset 0x1c) is not 0");
	return 0;
}

/* An image whose header was found; *@size bytes of that are at header_bytes. */
static int open_image(struct se_image **out, const char *path, size_t *size,
		      const struct log *log, struct error *err)
{
	struct se_image *image = calloc(1, sizeof(*image));
	int rc;

	*out = NULL;
	if (!image)
		return error_set(err, ERR_NOMEM, "Out of memory");
	image->fd = -1;
	rc = open_at_header(image, path, size, log, err);
	if (rc < 0)
		se_image_close(image);
	else
		*out = image;
	return rc;
}

int se_image_open(struct se_image **out, const char *path,
		  const struct log *log, struct error *err)
{
	size_t size;
	int rc = open_image(out, path, &size, log, err);

	if (rc < 0)
		return rc;
	rc = parse_header(*out, size, log, err);
	if (rc < 0) {
		se_image_close(*out);
		*out = NULL;
	}
	return rc;
}

int se_image_locate(uint64_t *offset, const char *path, const struct log *log,
		    struct error *err)
{
	struct se_image *image;
	size_t size;
	int rc = open_image(&image, path, &size, log, err);

	if (rc < 0)
		return rc;
	*offset = image->header_offset;
	se_image_close(image);
	return 0;
}

void se_image_close(struct se_image *image)
{
	if (!image)
		return;
	if (image->fd > STDERR_FILENO)
		close(image->fd);
	free(image->path);
	free(image->header_bytes);
	free(image);
}

int se_image_components(const struct se_image *image, struct component_list *list,
			struct error *err)
{
	uint8_t bytes[IPIB_MAX_SIZE];
	size_t got;
	int rc;

	if (image->form == SE_IMAGE_BARE_HEADER) {
		error_set(err, ERR_UNSUPPORTED,
			  "'%s' holds a header only, no components", image->path);
		return error_hint(err, ERR_UNSUPPORTED, "Give a whole image");
	}
	rc = file_read_at(image->fd, bytes, sizeof(bytes), image->ipib_offset, &got);
	if (rc < 0)
		return error_set_errno(err, ERR_IO, -rc,
				       "Cannot read '%s' at offset 0x%" PRIx64,
				       image->path, image->ipib_offset);
	rc = component_list_parse(list, bytes, got, err);
	if (rc < 0)
		error_wrap(err, rc, "'%s', offset 0x%" PRIx64, image->path,
			   image->ipib_offset);
	return rc;
}
