/* SPDX-License-Identifier: MIT */
/*
 * How instructions that the plugin answers end, well or badly: always by a
 * program interruption of QEMU's.
 *
 * The plugin never delivers one itself. It lets QEMU execute the instruction,
 * which fails for QEMU, and acts before the first instruction of the guest's
 * handler runs:
 *
 * - an instruction that has to fail gets the right interruption code (and what
 *   else belongs to it); old PSW, condition code and length are QEMU's and right;
 * - an instruction that was answered is completed: the new PSW was made to lead
 *   behind it, and what the interruption stored is undone. Unlike moving the
 *   program counter in the first place, this works for the target of EXECUTE and
 *   keeps a condition code that is not to change.
 *
 * See docs/reference/engine.md, "Program interruptions".
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

/* Bytes 0x80 to 0x1df of the prefix area: all that a program interruption uses. */
#define LOWCORE_PROGRAM_OFFSET 0x80

struct lowcore_program {
	uint8_t others_080[12];  /* 0x080 */
	be16_t length;           /* 0x08c instruction length, in bytes */
	be16_t code;             /* 0x08e */
	uint8_t others_090[24];  /* 0x090 */
	be64_t teid;             /* 0x0a8 translation-exception identification */
	uint8_t others_0b0[96];  /* 0x0b0 */
	be64_t breaking_event;   /* 0x110 */
	uint8_t others_118[56];  /* 0x118 */
	be64_t old_psw_mask;     /* 0x150 */
	be64_t old_psw_address;  /* 0x158 */
	uint8_t others_160[112]; /* 0x160 */
	be64_t new_psw_mask;     /* 0x1d0 */
	be64_t new_psw_address;  /* 0x1d8 */
};
WIRE_AT(struct lowcore_program, length, 0x8c - LOWCORE_PROGRAM_OFFSET);
WIRE_AT(struct lowcore_program, code, 0x8e - LOWCORE_PROGRAM_OFFSET);
WIRE_AT(struct lowcore_program, teid, 0xa8 - LOWCORE_PROGRAM_OFFSET);
WIRE_AT(struct lowcore_program, breaking_event, 0x110 - LOWCORE_PROGRAM_OFFSET);
WIRE_AT(struct lowcore_program, old_psw_mask, 0x150 - LOWCORE_PROGRAM_OFFSET);
WIRE_AT(struct lowcore_program, old_psw_address, 0x158 - LOWCORE_PROGRAM_OFFSET);
WIRE_AT(struct lowcore_program, new_psw_mask, 0x1d0 - LOWCORE_PROGRAM_OFFSET);
WIRE_AT(struct lowcore_program, new_psw_address, 0x1d8 - LOWCORE_PROGRAM_OFFSET);
WIRE_SIZE(struct lowcore_program, 0x160);

enum interruption_kind { INTERRUPTION_NONE, INTERRUPTION_CORRECT, INTERRUPTION_COMPLETE };

/* The condition code of a completed instruction that does not set it. */
#define KEEP_CONDITION_CODE 4

#define INTERRUPTION_REGISTERS 2

/* What to do at the next program interruption of a vCPU. */
struct interruption {
	enum interruption_kind kind;
	uint16_t raised; /* the code QEMU stores for the instruction */
	struct access_fault wanted;      /* INTERRUPTION_CORRECT */
	struct lowcore_program lowcore;  /* INTERRUPTION_COMPLETE: as it was before */
	unsigned cc;
	struct {
		unsigned number;
		uint64_t value;
	} registers[INTERRUPTION_REGISTERS]; /* to be set in this order, whatever the kind */
	unsigned register_count;
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
 * The running vCPU's instruction was answered: it goes on at @next with
 * condition code @cc (or KEEP_CONDITION_CODE). The instruction about to execute
 * will end in QEMU's @raised. False when the prefix area cannot be accessed.
 */
bool interruption_complete(struct interruption *interruption, uint16_t raised,
			   uint64_t next, unsigned cc);

/*
 * General register @number gets @value when the interruption has come: not
 * before, because QEMU is to execute the instruction with another one. To be
 * called after one of the above, at most INTERRUPTION_REGISTERS times.
 */
void interruption_set_register(struct interruption *interruption, unsigned number,
			       uint64_t value);

/* The PSW mask with which a completed instruction goes on; @stored is QEMU's. */
uint64_t interruption_completed_mask(const struct interruption *interruption,
				     const struct lowcore_program *stored);

/* For QEMU's exception callback of the running vCPU: does what is pending. */
void interruption_deliver(struct interruption *interruption);

#endif
