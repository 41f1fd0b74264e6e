/* SPDX-License-Identifier: MIT */
/*
 * The registers of one CPU as a dump knows them, in host order. Those of a
 * protected guest are confidential: whoever holds them wipes them.
 */
#ifndef UV_DUMP_CPU_STATE_H
#define UV_DUMP_CPU_STATE_H

#include <stdbool.h>
#include <stdint.h>

#define VECTOR_SIZE 16
#define VECTOR_COUNT 32

struct cpu_state {
	uint64_t gprs[16];
	uint64_t psw_mask;
	uint64_t psw_address;
	uint32_t acrs[16];
	uint64_t crs[16];
	uint32_t prefix;
	uint32_t fpc;
	uint32_t tod_programmable;
	uint64_t cpu_timer;
	uint64_t clock_comparator;
	/* As in storage; the first half of V0-V15 is the floating point register. */
	uint8_t vectors[VECTOR_COUNT][VECTOR_SIZE];
	uint64_t guarded_storage[4]; /* 0, GSD, GSSM, GS EPL address */
	bool has_vectors;         /* more of @vectors is valid than FPRs */
	bool has_guarded_storage; /* @guarded_storage is valid */
	bool partial; /* taken in the middle of an instruction */
};

#endif
