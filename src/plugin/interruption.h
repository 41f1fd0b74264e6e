/* SPDX-License-Identifier: MIT */
/*
 * Program interruptions for instructions that the plugin answers.
 *
 * The plugin never delivers one itself: it lets QEMU execute the instruction
 * that has to fail, which ends in QEMU's own interruption with the right old
 * PSW, condition code and instruction length, and corrects what was stored in
 * the prefix area before the first instruction of the guest's handler runs. See
 * docs/reference/engine.md, "Program interruptions".
 */
#ifndef UV_PLUGIN_INTERRUPTION_H
#define UV_PLUGIN_INTERRUPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/be.h"
#include "plugin/dat.h"

#define PGM_OPERATION 0x01
#define PGM_PRIVILEGED_OPERATION 0x02
#define PGM_SPECIFICATION 0x06

/* Bytes 0x80 to 0x15f of the prefix area: what a program interruption stores. */
#define LOWCORE_PROGRAM_OFFSET 0x80

struct lowcore_program {
	uint8_t others_80[12];  /* 0x80 */
	be16_t length;          /* 0x8c instruction length, in bytes */
	be16_t code;            /* 0x8e */
	uint8_t others_90[24];  /* 0x90 */
	be64_t teid;            /* 0xa8 translation-exception identification */
	uint8_t others_b0[160]; /* 0xb0 */
	be64_t old_psw_mask;    /* 0x150 */
	be64_t old_psw_address; /* 0x158 */
};
WIRE_AT(struct lowcore_program, length, 0x8c - LOWCORE_PROGRAM_OFFSET);
WIRE_AT(struct lowcore_program, code, 0x8e - LOWCORE_PROGRAM_OFFSET);
WIRE_AT(struct lowcore_program, teid, 0xa8 - LOWCORE_PROGRAM_OFFSET);
WIRE_AT(struct lowcore_program, old_psw_mask, 0x150 - LOWCORE_PROGRAM_OFFSET);
WIRE_AT(struct lowcore_program, old_psw_address, 0x158 - LOWCORE_PROGRAM_OFFSET);

/* What the next program interruption of a vCPU has to be turned into. */
struct interruption {
	bool pending;
	uint16_t raised; /* the code QEMU stores for the instruction */
	struct access_fault wanted;
};

/*
 * The instruction about to execute will end in QEMU's @raised (an exception
 * that leaves the old PSW behind the instruction); the guest has to see @code,
 * or the access exception @fault, instead.
 */
void interruption_expect(struct interruption *interruption, uint16_t raised,
			 uint16_t code);
void interruption_expect_fault(struct interruption *interruption,
			       uint16_t raised, const struct access_fault *fault);

/*
 * Corrects what QEMU stored. A program event that came along (0x80 in the code)
 * is kept. False, with nothing changed, when it is not the expected code.
 */
bool interruption_correct(struct lowcore_program *lowcore,
			  const struct interruption *interruption);

/*
 * For QEMU's exception callback of the running vCPU: applies a pending
 * correction to its prefix area.
 */
void interruption_deliver(struct interruption *interruption);

#endif
