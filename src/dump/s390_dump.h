/* SPDX-License-Identifier: MIT */
/*
 * The dump format of the stand-alone dump tools: a header of one page, memory
 * from address 0, an end marker. See docs/reference/dump.md, "The s390 format".
 */
#ifndef UV_DUMP_S390_DUMP_H
#define UV_DUMP_S390_DUMP_H

#include "base/be.h"

#define S390_DUMP_MAGIC UINT64_C(0xa8190173618f23fd)
#define S390_DUMP_VERSION 5
#define S390_DUMP_VERSION_NO_CPUS 4
#define S390_DUMP_HEADER_SIZE 4096
#define S390_DUMP_LEVEL 4
#define S390_DUMP_ARCH 2 /* 64 bit */
#define S390_DUMP_MAX_CPUS 512
#define S390_DUMP_END "DUMP_END"
#define S390_DUMP_END_SIZE 8

struct s390_dump_header {
	be64_t magic;             /* 0x000 */
	be32_t version;           /* 0x008 */
	be32_t header_size;       /* 0x00c */
	be32_t level;             /* 0x010 */
	be32_t page_size;         /* 0x014 */
	be64_t memory_size;       /* 0x018 */
	be64_t memory_start;      /* 0x020 */
	be64_t memory_end;        /* 0x028 the last byte */
	be32_t page_count;        /* 0x030 */
	be32_t reserved_34;       /* 0x034 */
	be64_t tod;               /* 0x038 */
	be64_t cpu_id;            /* 0x040 */
	be32_t arch;              /* 0x048 */
	be32_t volume;            /* 0x04c */
	be32_t build_arch;        /* 0x050 */
	be64_t real_memory_size;  /* 0x054 */
	uint8_t multi_volume;     /* 0x05c */
	be16_t cpu_count;         /* 0x05d */
	be16_t real_cpu_count;    /* 0x05f */
	uint8_t reserved_61[0x79f]; /* 0x061 */
	be32_t prefixes[S390_DUMP_MAX_CPUS]; /* 0x800 */
};
WIRE_AT(struct s390_dump_header, version, 0x008);
WIRE_AT(struct s390_dump_header, memory_size, 0x018);
WIRE_AT(struct s390_dump_header, page_count, 0x030);
WIRE_AT(struct s390_dump_header, tod, 0x038);
WIRE_AT(struct s390_dump_header, arch, 0x048);
WIRE_AT(struct s390_dump_header, build_arch, 0x050);
WIRE_AT(struct s390_dump_header, real_memory_size, 0x054);
WIRE_AT(struct s390_dump_header, cpu_count, 0x05d);
WIRE_AT(struct s390_dump_header, real_cpu_count, 0x05f);
WIRE_AT(struct s390_dump_header, prefixes, 0x800);
WIRE_SIZE(struct s390_dump_header, S390_DUMP_HEADER_SIZE);

struct s390_dump_end {
	uint8_t mark[S390_DUMP_END_SIZE]; /* 0x00 */
	be64_t tod;                       /* 0x08 */
};
WIRE_SIZE(struct s390_dump_end, 16);

/* Where a CPU's registers are stored in its prefix area: four runs of fields. */
#define PREFIX_AREA_SIZE 0x2000
#define PREFIX_VECTOR_AREA 0x11b0 /* pointer to that for V0-V31 */
#define VECTOR_AREA_ALIGNMENT 1024

struct stored_registers {
	uint8_t fprs[16][8]; /* 0x1200 */
	be64_t gprs[16];     /* 0x1280 */
	be64_t psw_mask;     /* 0x1300 */
	be64_t psw_address;  /* 0x1308 */
};
#define STORED_REGISTERS 0x1200
WIRE_SIZE(struct stored_registers, 0x110);

struct stored_prefix {
	be32_t prefix; /* 0x1318 */
	be32_t fpc;    /* 0x131c */
};
#define STORED_PREFIX 0x1318
WIRE_SIZE(struct stored_prefix, 8);

struct stored_timers {
	be64_t cpu_timer;        /* 0x1328 */
	be64_t clock_comparator; /* 0x1330 */
};
#define STORED_TIMERS 0x1328
WIRE_SIZE(struct stored_timers, 16);

struct stored_control {
	be32_t acrs[16]; /* 0x1340 */
	be64_t crs[16];  /* 0x1380 */
};
#define STORED_CONTROL 0x1340
WIRE_SIZE(struct stored_control, 0xc0);

#endif
