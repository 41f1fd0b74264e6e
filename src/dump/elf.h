/* SPDX-License-Identifier: MIT */
/*
 * The parts of ELF that a dump of an s390x machine consists of. All is big
 * endian. See docs/reference/dump.md, "The file".
 */
#ifndef UV_DUMP_ELF_H
#define UV_DUMP_ELF_H

#include <stddef.h>
#include <stdint.h>

#include "base/be.h"

#define ELF_MAGIC "\177ELF"
#define ELF_MAGIC_SIZE 4
#define ELF_CLASS_64 2
#define ELF_DATA_BIG 2
#define ELF_VERSION_1 1
#define ELF_TYPE_CORE 4
#define ELF_MACHINE_S390 22
#define ELF_COUNT_ELSEWHERE 0xffff /* program headers: see sh_info of section 0 */

struct elf_header {
	uint8_t magic[ELF_MAGIC_SIZE]; /* 0x00 */
	uint8_t file_class;            /* 0x04 */
	uint8_t data;                  /* 0x05 */
	uint8_t ident_version;         /* 0x06 */
	uint8_t reserved_07[9];        /* 0x07 */
	be16_t type;                   /* 0x10 */
	be16_t machine;                /* 0x12 */
	be32_t version;                /* 0x14 */
	be64_t entry;                  /* 0x18 */
	be64_t program_offset;         /* 0x20 */
	be64_t section_offset;         /* 0x28 */
	be32_t flags;                  /* 0x30 */
	be16_t header_size;            /* 0x34 */
	be16_t program_size;           /* 0x36 of one program header */
	be16_t program_count;          /* 0x38 */
	be16_t section_size;           /* 0x3a of one section header */
	be16_t section_count;          /* 0x3c */
	be16_t names_index;            /* 0x3e section of the section names */
};
WIRE_AT(struct elf_header, file_class, 0x04);
WIRE_AT(struct elf_header, data, 0x05);
WIRE_AT(struct elf_header, ident_version, 0x06);
WIRE_AT(struct elf_header, type, 0x10);
WIRE_AT(struct elf_header, machine, 0x12);
WIRE_AT(struct elf_header, version, 0x14);
WIRE_AT(struct elf_header, entry, 0x18);
WIRE_AT(struct elf_header, program_offset, 0x20);
WIRE_AT(struct elf_header, section_offset, 0x28);
WIRE_AT(struct elf_header, flags, 0x30);
WIRE_AT(struct elf_header, header_size, 0x34);
WIRE_AT(struct elf_header, program_size, 0x36);
WIRE_AT(struct elf_header, program_count, 0x38);
WIRE_AT(struct elf_header, section_size, 0x3a);
WIRE_AT(struct elf_header, section_count, 0x3c);
WIRE_AT(struct elf_header, names_index, 0x3e);
WIRE_SIZE(struct elf_header, 64);

#define ELF_PROGRAM_LOAD 1
#define ELF_PROGRAM_NOTE 4
#define ELF_PROGRAM_RWX 7

struct elf_program {
	be32_t type;        /* 0x00 */
	be32_t flags;       /* 0x04 */
	be64_t offset;      /* 0x08 in the file */
	be64_t virtual;     /* 0x10 */
	be64_t physical;    /* 0x18 */
	be64_t file_size;   /* 0x20 */
	be64_t memory_size; /* 0x28 */
	be64_t align;       /* 0x30 */
};
WIRE_AT(struct elf_program, flags, 0x04);
WIRE_AT(struct elf_program, offset, 0x08);
WIRE_AT(struct elf_program, virtual, 0x10);
WIRE_AT(struct elf_program, physical, 0x18);
WIRE_AT(struct elf_program, file_size, 0x20);
WIRE_AT(struct elf_program, memory_size, 0x28);
WIRE_AT(struct elf_program, align, 0x30);
WIRE_SIZE(struct elf_program, 56);

/* The header of a core file of an s390x machine with @programs program headers. */
static inline struct elf_header elf_core_header(uint64_t program_offset, size_t programs)
{
	return (struct elf_header){
		.magic = ELF_MAGIC,
		.file_class = ELF_CLASS_64,
		.data = ELF_DATA_BIG,
		.ident_version = ELF_VERSION_1,
		.type = be16(ELF_TYPE_CORE),
		.machine = be16(ELF_MACHINE_S390),
		.version = be32(ELF_VERSION_1),
		.program_offset = be64(program_offset),
		.header_size = be16(sizeof(struct elf_header)),
		.program_size = be16(sizeof(struct elf_program)),
		.program_count = be16((uint16_t)programs),
	};
}

#define ELF_SECTION_PROGBITS 1
#define ELF_SECTION_STRTAB 3

struct elf_section {
	be32_t name;    /* 0x00 offset in the section names */
	be32_t type;    /* 0x04 */
	be64_t flags;   /* 0x08 */
	be64_t address; /* 0x10 */
	be64_t offset;  /* 0x18 in the file */
	be64_t size;    /* 0x20 */
	be32_t link;    /* 0x28 */
	be32_t info;    /* 0x2c */
	be64_t align;   /* 0x30 */
	be64_t entry;   /* 0x38 */
};
WIRE_AT(struct elf_section, type, 0x04);
WIRE_AT(struct elf_section, flags, 0x08);
WIRE_AT(struct elf_section, address, 0x10);
WIRE_AT(struct elf_section, offset, 0x18);
WIRE_AT(struct elf_section, size, 0x20);
WIRE_AT(struct elf_section, link, 0x28);
WIRE_AT(struct elf_section, info, 0x2c);
WIRE_AT(struct elf_section, align, 0x30);
WIRE_AT(struct elf_section, entry, 0x38);
WIRE_SIZE(struct elf_section, 64);

/* Followed by name and content, each padded with zeros to 4 bytes. */
struct elf_note {
	be32_t name_size; /* 0x00 with its NUL */
	be32_t size;      /* 0x04 of the content */
	be32_t type;      /* 0x08 */
};
WIRE_AT(struct elf_note, size, 0x04);
WIRE_AT(struct elf_note, type, 0x08);
WIRE_SIZE(struct elf_note, 12);

/* What @size becomes in a note, with its padding. */
static inline uint64_t elf_note_padded(uint64_t size)
{
	return (size + 3) & ~UINT64_C(3);
}

#endif
