/* SPDX-License-Identifier: MIT */
#include "image/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "image/layout.h"
#include "image/read.h"

#define ROW_SIZE 16

/* The outer form that any version shares. */
struct header_start {
	uint8_t magic[SE_HEADER_MAGIC_SIZE]; /* 0x0 */
	be32_t version;                      /* 0x8 */
	be32_t size;                         /* 0xc */
};
WIRE_SIZE(struct header_start, ROW_SIZE);

/* Reads @size bytes; fewer at *@got where the file ends. */
static int read_at(int fd, void *data, size_t size, uint64_t offset, size_t *got,
		   const char *path, struct error *err)
{
	int rc = file_read_at(fd, data, size, offset, got);

	return rc < 0 ? error_set_errno(err, ERR_IO, -rc, "Cannot read '%s'", path) : 0;
}

static int no_header(const char *path, struct error *err)
{
	return error_set(err, ERR_NOT_FOUND, "%s does not contain an SE header.", path);
}

/* The first row in @page that starts with the magic, or NULL. */
static const uint8_t *find_row(const uint8_t *page, size_t size)
{
	for (size_t at = 0; at + ROW_SIZE <= size; at += ROW_SIZE)
		if (memcmp(page + at, SE_HEADER_MAGIC, SE_HEADER_MAGIC_SIZE) == 0)
			return page + at;
	return NULL;
}

static int search(uint64_t *offset, int fd, const char *path,
		  const struct extract_window *window, struct error *err)
{
	const uint64_t last_page = INT64_MAX / PAGE_SIZE_4K - 1;
	uint8_t page[PAGE_SIZE_4K];
	size_t got = sizeof(page);

	for (uint64_t i = 0; i < window->pages && got == sizeof(page); i++) {
		uint64_t number = window->skip + i;
		const uint8_t *row;
		int rc;

		if (number < i || number > last_page)
			break;
		rc = read_at(fd, page, sizeof(page), number * PAGE_SIZE_4K, &got,
			     path, err);
		if (rc < 0)
			return rc;
		row = find_row(page, got);
		if (row) {
			*offset = number * PAGE_SIZE_4K + (uint64_t)(row - page);
			return 0;
		}
	}
	return no_header(path, err);
}

static int locate(uint64_t *offset, int fd, const char *path,
		  const struct extract_window *window, const struct log *log,
		  struct error *err)
{
	static const struct extract_window usual = { EXTRACT_SKIP_PAGES, EXTRACT_PAGES };

	if (window)
		return search(offset, fd, path, window, err);
	if (se_image_locate(offset, path, log, NULL) == 0)
		return 0;
	return search(offset, fd, path, &usual, err);
}

/* A version that we know is checked whole; of others only the size is known. */
static int check(const struct extracted_header *header, const char *path,
		 const struct log *log, struct error *err)
{
	const struct header_start *start = (const struct header_start *)header->bytes;
	struct se_header parsed;
	int rc;

	if (be32_get(start->version) != SE_HEADER_VERSION_1) {
		log_warn(log, "unknown hdr version 0x%08" PRIx32,
			 be32_get(start->version));
		return 0;
	}
	rc = se_header_parse(&parsed, header->bytes, header->size, NULL, err);
	return rc < 0 ? error_wrap(err, rc, "'%s', offset 0x%" PRIx64, path,
				   header->offset) : 0;
}

static int copy(struct extracted_header *header, int fd, const char *path,
		const struct log *log, struct error *err)
{
	struct header_start start;
	size_t got;
	int rc = read_at(fd, &start, sizeof(start), header->offset, &got, path, err);

	if (rc < 0)
		return rc;
	header->size = got == sizeof(start) ? be32_get(start.size) : 0;
	if (header->size <= sizeof(start) || header->size > EXTRACT_SIZE_LIMIT)
		return error_set(err, ERR_FORMAT,
				 "Invalid SE header in '%s' at offset 0x%" PRIx64
				 ": its size (offset 0xc) is %zu bytes",
				 path, header->offset, header->size);
	header->bytes = malloc(header->size);
	if (!header->bytes)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = read_at(fd, header->bytes, header->size, header->offset, &got, path, err);
	if (rc == 0 && got != header->size)
		rc = error_set(err, ERR_FORMAT,
			       "'%s' ends inside its SE header: %zu of %zu bytes",
			       path, got, header->size);
	return rc < 0 ? rc : check(header, path, log, err);
}

int header_extract(struct extracted_header *header, const char *path,
		   const struct extract_window *window, const struct log *log,
		   struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc;

	*header = (struct extracted_header){ 0 };
	if (fd < 0 && errno == ENOENT)
		return error_set(err, ERR_NOT_FOUND, "File '%s' not found", path);
	if (fd < 0)
		return error_set_errno(err, ERR_IO, errno, "Cannot open '%s'", path);
	rc = locate(&header->offset, fd, path, window, log, err);
	if (rc == 0)
		rc = copy(header, fd, path, log, err);
	close(fd);
	if (rc < 0) {
		free(header->bytes);
		header->bytes = NULL;
	}
	return rc;
}
