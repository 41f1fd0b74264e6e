/* SPDX-License-Identifier: MIT */
/*
 * An ELF core file of an s390x machine, read piece by piece. Whoever wrote it is
 * not trusted: everything is checked against the file's size.
 */
#ifndef UV_DUMP_ELF_FILE_H
#define UV_DUMP_ELF_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "dump/elf.h"

struct elf_file {
	int fd;
	char *path;
	uint64_t size;
	struct elf_header header;
};

/*
 * Opens @path and checks its ELF header. ERR_UNSUPPORTED when it is no ELF core
 * file, or that of another machine. Caller ends with elf_file_close(), also
 * after a failure.
 */
int elf_file_open(struct elf_file *file, const char *path, struct error *err);
void elf_file_close(struct elf_file *file);

/*
 * Reads exactly @size bytes at @offset. ERR_FORMAT when the file ends before;
 * @what names them for the message. Usable from several threads.
 */
int elf_file_read(const struct elf_file *file, void *data, size_t size,
		  uint64_t offset, const char *what, struct error *err);

/* Do @size bytes at @offset lie inside the file? */
bool elf_file_holds(const struct elf_file *file, uint64_t offset, uint64_t size);

size_t elf_file_programs(const struct elf_file *file);
int elf_file_program(const struct elf_file *file, size_t index,
		     struct elf_program *program, struct error *err);

/*
 * The section called @name; *@found says whether there is one. ERR_FORMAT when
 * there are two, or when it reaches beyond the end of the file.
 */
int elf_file_section(const struct elf_file *file, const char *name,
		     struct elf_section *section, bool *found, struct error *err);

#endif
