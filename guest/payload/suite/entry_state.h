/* SPDX-License-Identifier: MIT */
/*
 * The registers of the CPU as it reached payload_entry, before the first one
 * was changed. A reset that leads back to payload_entry fills them anew.
 */
#ifndef UV_PAYLOAD_ENTRY_STATE_H
#define UV_PAYLOAD_ENTRY_STATE_H

#define ENTRY_GENERAL 0x000
#define ENTRY_CONTROL 0x080
#define ENTRY_ACCESS 0x100
#define ENTRY_PSW_MASK 0x140
#define ENTRY_CLOCK_COMPARATOR 0x148
#define ENTRY_PREFIX 0x150
#define ENTRY_CPU_ADDRESS 0x154
#define ENTRY_COUNT 0x158

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

#include "lib/cpu.h"

struct entry_state {
	uint64_t general[16];
	uint64_t control[16];
	uint32_t access[16];
	uint64_t psw_mask;
	uint64_t clock_comparator;
	uint32_t prefix;
	uint16_t cpu_address;
	uint16_t reserved;
	uint64_t count; /* how often payload_entry was reached */
};
_Static_assert(offsetof(struct entry_state, control) == ENTRY_CONTROL, "layout");
_Static_assert(offsetof(struct entry_state, access) == ENTRY_ACCESS, "layout");
_Static_assert(offsetof(struct entry_state, psw_mask) == ENTRY_PSW_MASK, "layout");
_Static_assert(offsetof(struct entry_state, clock_comparator) ==
		       ENTRY_CLOCK_COMPARATOR, "layout");
_Static_assert(offsetof(struct entry_state, prefix) == ENTRY_PREFIX, "layout");
_Static_assert(offsetof(struct entry_state, cpu_address) == ENTRY_CPU_ADDRESS,
	       "layout");
_Static_assert(offsetof(struct entry_state, count) == ENTRY_COUNT, "layout");

extern struct entry_state entry_state LINKED_HERE;
#endif

#endif
