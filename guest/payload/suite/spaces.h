/* SPDX-License-Identifier: MIT */
/*
 * Two address spaces that map the first GiB as it lies: one that the CPU
 * fetches instructions from (primary), one in which operands of ultravisor
 * calls are named (home). Tests bend single pages of either.
 */
#ifndef UV_PAYLOAD_SPACES_H
#define UV_PAYLOAD_SPACES_H

#include <stdint.h>

#define PAGE_INVALID 0x400UL
#define PAGE_PROTECTED 0x200UL

#define SPACES_SIZE (1UL << 30)

enum space { SPACE_PRIMARY, SPACE_HOME, SPACE_COUNT };

/* Makes both map everything as it lies, again. */
void spaces_reset(void);

/* What goes into CR1 or CR13: 2 GiB of addresses, in a segment table. */
uint64_t space_control(enum space space);

/* The page-table entry for the page at @address, which lies in the first MiB. */
volatile uint64_t *space_page(enum space space, uint64_t address);

/* The segment-table entry for @address. */
volatile uint64_t *space_segment(enum space space, uint64_t address);

/* Forgets what the CPU remembers of the tables. */
void spaces_purge(void);

#endif
