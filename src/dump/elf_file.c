/* SPDX-License-Identifier: MIT */
#include "dump/elf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define MAX_NAMES_SIZE 4096 /* of the section names: what zgetdump takes */

static int refuse(const struct elf_file *file, const char *why, struct error *err)
{
	error_set(err, ERR_UNSUPPORTED, "No valid dump found in '%s': %s", file->path,
		  why);
	return error_hint(err, ERR_UNSUPPORTED,
			  "Understood are ELF dumps of s390x machines, as \"virsh dump "
			  "--memory-only\" and dump-guest-memory write them");
}

static int check_header(const struct elf_file *file, struct error *err)
{
	const struct elf_header *header = &file->header;

	if (memcmp(header->magic, ELF_MAGIC, ELF_MAGIC_SIZE) != 0)
		return refuse(file, "it does not begin as an ELF file", err);
	if (header->ident_version != ELF_VERSION_1 ||
	    (header->file_class == ELF_CLASS_64 && header->data == ELF_DATA_BIG &&
	     be32_get(header->version) != ELF_VERSION_1))
		return refuse(file, "its version of ELF is unknown", err);
	if (header->file_class != ELF_CLASS_64 || header->data != ELF_DATA_BIG ||
	    be16_get(header->machine) != ELF_MACHINE_S390)
		return refuse(file, "it is of another kind of machine than s390x", err);
	if (be16_get(header->type) != ELF_TYPE_CORE)
		return refuse(file, "it is an ELF file, but no core file", err);
	if (be16_get(header->program_count) == ELF_COUNT_ELSEWHERE)
		return refuse(file, "it has more than 65534 program headers", err);
	if (be16_get(header->program_count) &&
	    be16_get(header->program_size) != sizeof(struct elf_program))
		return error_set(err, ERR_FORMAT,
				 "'%s' says at its byte 0x36 that a program header has %u bytes",
				 file->path, be16_get(header->program_size));
	if (be16_get(header->section_count) &&
	    be16_get(header->section_size) != sizeof(struct elf_section))
		return error_set(err, ERR_FORMAT,
				 "'%s' says at its byte 0x3a that a section header has %u bytes",
				 file->path, be16_get(header->section_size));
	return 0;
}

/* Files and block devices have a size. */
static int find_size(struct elf_file *file, struct error *err)
{
	struct stat st;
	off_t end;

	if (fstat(file->fd, &st) < 0)
		return error_set_errno(err, ERR_IO, errno, "Cannot read '%s'", file->path);
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode)) {
		error_set(err, ERR_UNSUPPORTED, "'%s' is no file", file->path);
		return error_hint(err, ERR_UNSUPPORTED,
				  "A dump is not read from start to end; store it in a file");
	}
	end = lseek(file->fd, 0, SEEK_END);
	if (end < 0)
		return error_set_errno(err, ERR_IO, errno, "Cannot read '%s'", file->path);
	file->size = (uint64_t)end;
	return 0;
}

int elf_file_open(struct elf_file *file, const char *path, struct error *err)
{
	int rc;

	*file = (struct elf_file){ .fd = -1, .path = strdup(path) };
	if (!file->path)
		return error_set(err, ERR_NOMEM, "Out of memory");
	/* Not waiting for the writer of a FIFO, which will be refused anyway. */
	file->fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (file->fd < 0)
		return error_set_errno(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, errno,
				       "Cannot open '%s'", path);
	rc = find_size(file, err);
	if (rc == 0 && file->size < sizeof(file->header))
		return refuse(file, "it is too short", err);
	if (rc == 0)
		rc = elf_file_read(file, &file->header, sizeof(file->header), 0,
				   "ELF header", err);
	return rc < 0 ? rc : check_header(file, err);
}

void elf_file_close(struct elf_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	free(file->path);
	*file = (struct elf_file){ .fd = -1 };
}

int elf_file_read(const struct elf_file *file, void *data, size_t size,
		  uint64_t offset, const char *what, struct error *err)
{
	size_t got;
	int rc = file_read_at(file->fd, data, size, offset, &got);

	if (rc < 0)
		return error_set_errno(err, ERR_IO, -rc,
				       "Cannot read %zu bytes at offset 0x%" PRIx64 " of '%s'",
				       size, offset, file->path);
	if (got == size)
		return 0;
	error_set(err, ERR_FORMAT,
		  "'%s' ends before or inside its %s (%zu bytes at offset 0x%" PRIx64 ")",
		  file->path, what, size, offset);
	return error_hint(err, ERR_FORMAT,
			  "The dump is not complete; was its transport interrupted?");
}

bool elf_file_holds(const struct elf_file *file, uint64_t offset, uint64_t size)
{
	return offset <= file->size && size <= file->size - offset;
}

size_t elf_file_programs(const struct elf_file *file)
{
	return be16_get(file->header.program_count);
}

/* Entry @index of the table of entries of @size bytes at @table. */
static int read_entry(const struct elf_file *file, void *entry, size_t size,
		      be64_t table, size_t index, const char *what, struct error *err)
{
	uint64_t offset;

	if (__builtin_add_overflow(be64_get(table), index * size, &offset))
		return error_set(err, ERR_FORMAT, "The %s of '%s' lie beyond its end",
				 what, file->path);
	return elf_file_read(file, entry, size, offset, what, err);
}

int elf_file_program(const struct elf_file *file, size_t index,
		     struct elf_program *program, struct error *err)
{
	return read_entry(file, program, sizeof(*program), file->header.program_offset,
			  index, "program headers", err);
}

static int read_section(const struct elf_file *file, size_t index,
			struct elf_section *section, struct error *err)
{
	return read_entry(file, section, sizeof(*section), file->header.section_offset,
			  index, "section headers", err);
}

/* The section names, NUL-terminated; none where there are no sections. */
static int read_names(const struct elf_file *file, char names[MAX_NAMES_SIZE + 1],
		      size_t *size, struct error *err)
{
	uint16_t index = be16_get(file->header.names_index);
	struct elf_section section;
	int rc;

	*size = 0;
	if (index == 0 || index >= be16_get(file->header.section_count))
		return 0;
	rc = read_section(file, index, &section, err);
	if (rc < 0)
		return rc;
	if (be64_get(section.size) > MAX_NAMES_SIZE)
		return error_set(err, ERR_UNSUPPORTED,
				 "The section names of '%s' have %" PRIu64
				 " bytes; %d are understood",
				 file->path, be64_get(section.size), MAX_NAMES_SIZE);
	*size = (size_t)be64_get(section.size);
	names[*size] = '\0';
	return elf_file_read(file, names, *size, be64_get(section.offset),
			     "section names", err);
}

static int check_found(const struct elf_file *file, const char *name,
		       const struct elf_section *section, struct error *err)
{
	if (elf_file_holds(file, be64_get(section->offset), be64_get(section->size)))
		return 0;
	error_set(err, ERR_FORMAT,
		  "Section %s of '%s' (%" PRIu64 " bytes at offset 0x%" PRIx64
		  ") reaches beyond the end of the file (0x%" PRIx64 ")",
		  name, file->path, be64_get(section->size), be64_get(section->offset),
		  file->size);
	return error_hint(err, ERR_FORMAT,
			  "The dump is not complete; was its transport interrupted?");
}

int elf_file_section(const struct elf_file *file, const char *name,
		     struct elf_section *section, bool *found, struct error *err)
{
	char names[MAX_NAMES_SIZE + 1];
	struct elf_section each;
	size_t size;
	int rc = read_names(file, names, &size, err);

	*found = false;
	for (size_t i = 1; rc == 0 && size && i < be16_get(file->header.section_count); i++) {
		rc = read_section(file, i, &each, err);
		if (rc < 0 || be32_get(each.name) >= size ||
		    strcmp(names + be32_get(each.name), name) != 0)
			continue;
		if (*found)
			return error_set(err, ERR_FORMAT, "'%s' has two sections %s",
					 file->path, name);
		*found = true;
		*section = each;
	}
	return rc == 0 && *found ? check_found(file, name, section, err) : rc;
}
