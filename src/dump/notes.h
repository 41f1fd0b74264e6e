/* SPDX-License-Identifier: MIT */
/*
 * The ELF notes of a CPU: written by whoever makes a dump, read by whoever
 * opens one. See docs/reference/dump.md, "Notes".
 */
#ifndef UV_DUMP_NOTES_H
#define UV_DUMP_NOTES_H

#include <stddef.h>
#include <stdint.h>

#include "base/be.h"
#include "dump/cpu_state.h"
#include "dump/elf.h"

enum note_type {
	NOTE_VMCOREINFO = 0,
	NOTE_PRSTATUS = 1,
	NOTE_FPREGSET = 2,
	NOTE_PRPSINFO = 3,
	NOTE_S390_TIMER = 0x301,
	NOTE_S390_TODCMP = 0x302,
	NOTE_S390_TODPREG = 0x303,
	NOTE_S390_CTRS = 0x304,
	NOTE_S390_PREFIX = 0x305,
	NOTE_S390_VXRS_LOW = 0x309,
	NOTE_S390_VXRS_HIGH = 0x30a,
	NOTE_S390_GS_CB = 0x30b,
	NOTE_S390_PV_CPU_DATA = 0x30e,
};

#define NOTE_VMCOREINFO_NAME "VMCOREINFO"

struct note_prstatus {
	uint8_t reserved_00[32];  /* 0x000 */
	be32_t pid;               /* 0x020 number of the CPU, from 1 */
	uint8_t reserved_24[76];  /* 0x024 */
	be64_t psw_mask;          /* 0x070 */
	be64_t psw_address;       /* 0x078 */
	be64_t gprs[16];          /* 0x080 */
	be32_t acrs[16];          /* 0x100 */
	uint8_t reserved_140[16]; /* 0x140 */
};
WIRE_AT(struct note_prstatus, pid, 0x020);
WIRE_AT(struct note_prstatus, psw_mask, 0x070);
WIRE_AT(struct note_prstatus, psw_address, 0x078);
WIRE_AT(struct note_prstatus, gprs, 0x080);
WIRE_AT(struct note_prstatus, acrs, 0x100);
WIRE_SIZE(struct note_prstatus, 336);

struct note_fpregset {
	be32_t fpc;         /* 0x00 */
	be32_t reserved_04; /* 0x04 */
	uint8_t fprs[16][8];/* 0x08 */
};
WIRE_AT(struct note_fpregset, fprs, 0x08);
WIRE_SIZE(struct note_fpregset, 136);

struct note_prpsinfo {
	uint8_t state;            /* 0x00 */
	uint8_t state_letter;     /* 0x01 */
	uint8_t reserved_02[38];  /* 0x02 nice, flags, IDs */
	char file_name[16];       /* 0x28 */
	char arguments[80];       /* 0x38 */
};
WIRE_AT(struct note_prpsinfo, state_letter, 0x01);
WIRE_AT(struct note_prpsinfo, file_name, 0x28);
WIRE_AT(struct note_prpsinfo, arguments, 0x38);
WIRE_SIZE(struct note_prpsinfo, 136);

/*
 * What a note with a name of @name_length characters and @size bytes of content
 * takes in the file.
 */
size_t note_size(size_t name_length, size_t size);

/*
 * Writes a note to @at, which has note_size() bytes of room, and returns where
 * it ends. @content NULL leaves its place as zeros.
 */
uint8_t *note_write(uint8_t *at, const char *name, uint32_t type,
		    const void *content, size_t size);

/*
 * The ordinary notes of one CPU: ten of them, less those whose registers @cpu does
 * not have.
 */
size_t cpu_notes_size(const struct cpu_state *cpu);

/* The one of QEMU's dumps, and that of what zgetdump makes of them. */
enum note_order { NOTE_ORDER_HOST, NOTE_ORDER_TARGET };

/* Writes them for the CPU with @pid (from 1); returns where they end. */
uint8_t *cpu_notes_write(uint8_t *at, const struct cpu_state *cpu, uint32_t pid,
			 enum note_order order);

/*
 * Takes the registers out of an ordinary note, if it is one of the above.
 * False when it is one whose content does not have the right size.
 */
bool cpu_note_read(struct cpu_state *cpu, uint32_t type, const void *content,
		   size_t size);

#endif
