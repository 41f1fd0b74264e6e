/* SPDX-License-Identifier: MIT */
/* All registers of the CPU but the general ones and the PSW, which probe.h has. */
#ifndef UV_PAYLOAD_REGISTERS_H
#define UV_PAYLOAD_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

struct registers {
	uint64_t control[16];
	uint64_t vectors[32][2]; /* the left halves of 0 to 15 are floating-point registers */
	uint32_t access[16];
	uint32_t floating_control;
	uint32_t prefix;
};

/*
 * Payloads are for machines with vector registers. Code that the compiler makes
 * changes none of the vector and floating-point registers.
 */
void registers_take(struct registers *registers);

/* Gives access, vector and floating-point control registers a pattern. */
void registers_fill(void);

/* Within a test(). */
void expect_registers(const struct registers *got, const struct registers *expected);

#endif
