/* SPDX-License-Identifier: MIT */
/*
 * Boot map: the tables with which zipl describes, block by block, what a boot
 * loader has to read from a disk ("SCSI scheme"). Written by ipl/disk.h, read
 * by the boot loader and by sipl. Freestanding. See docs/reference/boot-map.md.
 */
#ifndef UV_IPL_BOOTMAP_H
#define UV_IPL_BOOTMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/be.h"
#include "ipl/problem.h"

#define BOOTMAP_MAGIC "zIPL" /* ASCII, without a NUL on disk */
#define BOOTMAP_MAGIC_SIZE 4
#define BOOTMAP_VERSION 1
#define BOOTMAP_BLOCK_MIN 512
#define BOOTMAP_BLOCK_MAX 4096

/* Points at blocks that follow each other. Block 0 means: no pointer. */
struct bootmap_pointer {
	be64_t block;           /* 0x00 from the start of the disk, not of a partition */
	be16_t block_size;      /* 0x08 in bytes; must be the disk's */
	be16_t more_blocks;     /* 0x0a number of blocks minus 1 */
	uint8_t reserved_0c[4]; /* 0x0c */
};
WIRE_AT(struct bootmap_pointer, block_size, 0x08);
WIRE_AT(struct bootmap_pointer, more_blocks, 0x0a);
WIRE_SIZE(struct bootmap_pointer, 16);

/* The most blocks that one pointer covers. */
#define BOOTMAP_POINTER_BLOCKS 65536

/* The start of block 0; a partition table may follow in the same block. */
struct boot_record {
	uint8_t magic[BOOTMAP_MAGIC_SIZE];    /* 0x00 */
	be32_t version;                       /* 0x04 BOOTMAP_VERSION */
	uint8_t reserved_08[8];               /* 0x08 */
	struct bootmap_pointer program_table; /* 0x10 */
	uint8_t reserved_20[0x50];            /* 0x20 */
	uint8_t dump_info[40];                /* 0x70 for stand-alone dump tools */
};
WIRE_AT(struct boot_record, program_table, 0x10);
WIRE_AT(struct boot_record, dump_info, 0x70);
WIRE_SIZE(struct boot_record, 152);

/* Program 0 is the default. */
#define BOOTMAP_PROGRAMS 31

struct program_table {
	uint8_t magic[BOOTMAP_MAGIC_SIZE];                 /* 0x00 */
	uint8_t reserved_04[12];                           /* 0x04 */
	struct bootmap_pointer programs[BOOTMAP_PROGRAMS]; /* 0x10 to component tables */
};
WIRE_SIZE(struct program_table, 512);

enum component_table_type {
	COMPONENT_TABLE_IPL = 0,
	COMPONENT_TABLE_DUMP = 1,
};

/* Followed by entries up to the end of the block. */
struct component_header {
	uint8_t magic[BOOTMAP_MAGIC_SIZE]; /* 0x00 */
	uint8_t type;                      /* 0x04 enum component_table_type */
	uint8_t reserved_05[27];           /* 0x05 */
};
WIRE_AT(struct component_header, type, 0x04);
WIRE_SIZE(struct component_header, 32);

enum component_type {
	COMPONENT_EXEC = 1, /* ends the table: where to start */
	COMPONENT_LOAD = 2,
	COMPONENT_SIGNATURE = 3, /* of the next COMPONENT_LOAD */
};

#define SIGNATURE_DER_PKCS7 1
#define SIGNATURE_SIZE_MAX 4096

struct component_entry {
	struct bootmap_pointer segments; /* 0x00 first segment table; unused by EXEC */
	uint8_t reserved_10[7];          /* 0x10 */
	uint8_t type;                    /* 0x17 enum component_type */
	union {                          /* 0x18 */
		be64_t psw;     /* EXEC: in the short format */
		be64_t address; /* LOAD: absolute */
		struct {
			uint8_t format; /* SIGNATURE_DER_PKCS7 */
			uint8_t reserved[3];
			be32_t size; /* in bytes */
		} signature;
	};
};
WIRE_AT(struct component_entry, type, 0x17);
WIRE_AT(struct component_entry, psw, 0x18);
WIRE_AT(struct component_entry, signature.size, 0x1c);
WIRE_SIZE(struct component_entry, 32);

/* The most entries of a component table in one block. */
#define BOOTMAP_ENTRIES(block_size) \
	(((block_size) - sizeof(struct component_header)) / sizeof(struct component_entry))
#define BOOTMAP_ENTRIES_MAX BOOTMAP_ENTRIES(BOOTMAP_BLOCK_MAX)

/*
 * A segment table is one block of pointers to data; its last one leads to the
 * next segment table. Both end at a pointer to block 0.
 */
#define BOOTMAP_SEGMENT_POINTERS(block_size) \
	((block_size) / sizeof(struct bootmap_pointer) - 1)

/* The bits of a short PSW that every program of zipl has, before its address. */
#define SHORT_PSW_MASK 0x0008000080000000UL
#define SHORT_PSW_ADDRESS 0x000000007fffffffUL

/* A disk as the reader sees it. */
struct bootmap_disk {
	uint32_t block_size; /* in bytes */
	/* Reads @count blocks, from @block on, to @to; false when it cannot. */
	bool (*read)(void *context, uint64_t block, uint32_t count, void *to);
	void *context;
};

/* Whether a boot map can lie on blocks of @block_size bytes. */
bool bootmap_block_size_valid(uint32_t block_size);

/*
 * Reads boot record and program table. IPL_PROBLEM_NO_BOOT_RECORD when the
 * disk is not laid out in this scheme. @table: where the program table goes.
 */
enum ipl_problem bootmap_read_programs(const struct bootmap_disk *disk,
				       struct program_table *table);

/* Whether @table has a program @number (0 to BOOTMAP_PROGRAMS - 1). */
bool program_table_has(const struct program_table *table, unsigned number);

struct component_table {
	union {
		struct component_header header;
		uint8_t block[BOOTMAP_BLOCK_MAX];
	};
	unsigned count; /* entries that the block has room for */
};

/* Reads the component table of program @number of @programs. */
enum ipl_problem bootmap_read_components(const struct bootmap_disk *disk,
					 const struct program_table *programs,
					 unsigned number,
					 struct component_table *table);

/* Entry @index (below ->count) of @table. */
const struct component_entry *component_table_entry(const struct component_table *table,
						    unsigned index);

/* Blocks of a segment that follow each other. */
struct bootmap_extent {
	uint64_t block;
	uint32_t count; /* 1 to BOOTMAP_POINTER_BLOCKS */
};

/* A walk over the extents of one segment. */
struct segment_walk {
	const struct bootmap_disk *disk;
	uint64_t next_table; /* 0 when there is none */
	unsigned index;      /* of the next pointer */
	unsigned count;      /* pointers to data in a table */
	struct bootmap_pointer table[BOOTMAP_BLOCK_MAX / sizeof(struct bootmap_pointer)];
};

void segment_walk_start(struct segment_walk *walk, const struct bootmap_disk *disk,
			const struct component_entry *entry);

/*
 * The next extent into *@extent; its ->count is 0 at the end. The extents of a
 * damaged table may never end: whoever walks limits their sum.
 */
enum ipl_problem segment_walk_next(struct segment_walk *walk,
				   struct bootmap_extent *extent);

#endif
