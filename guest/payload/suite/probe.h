/* SPDX-License-Identifier: MIT */
/*
 * Executes one instruction with all general registers, the PSW mask and some
 * control registers as wanted, and tells exactly what came of it: completion or
 * a program interruption, and every general register afterwards. On any CPU,
 * with any prefix.
 */
#ifndef UV_PAYLOAD_PROBE_H
#define UV_PAYLOAD_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/cpu.h"

#define PSW_DAT 0x0400000000000000UL
#define PSW_PROBLEM_STATE 0x0001000000000000UL
#define PSW_HOME_SPACE 0x0000c00000000000UL
#define CR0_ENHANCED_DAT 0x800000UL
#define CR0_LOW_PROTECTION 0x10000000UL
#define PSW_CC_SHIFT 44

#define PGM_OPERATION 0x01
#define PGM_PRIVILEGED 0x02
#define PGM_PROTECTION 0x04
#define PGM_ADDRESSING 0x05
#define PGM_SPECIFICATION 0x06
#define PGM_SEGMENT_TRANSLATION 0x10
#define PGM_PAGE_TRANSLATION 0x11
#define PGM_TRANSLATION_SPECIFICATION 0x12
#define PGM_ASCE_TYPE 0x38

/*
 * Defines the instruction @text under the name @name. Behind it stands SVC 0,
 * which tells that it has completed: with the condition code, and in any state
 * of the CPU.
 */
#define SNIPPET(name, text)                                        \
	extern const char name[] LINKED_HERE;                      \
	__asm__(".pushsection .text." #name ",\"ax\",@progbits\n"  \
		".globl " #name "\n.hidden " #name "\n"            \
		".balign 8\n" #name ":\n" text "\n"                \
		"svc 0\n"                                          \
		".popsection\n")

/* Instructions that access one byte at register 2: models for access exceptions. */
extern const char fetch_byte[] LINKED_HERE;
extern const char store_byte[] LINKED_HERE;

struct probe {
	const void *code;      /* a SNIPPET */
	uint64_t psw_mask;
	uint64_t general[16];
	uint64_t control_0;
	uint64_t control_1;    /* primary space */
	uint64_t control_13;   /* home space */
};

struct outcome {
	bool interrupted;
	uint16_t code;         /* of the program interruption */
	uint16_t length;       /* its instruction-length code */
	uint64_t teid;         /* its translation-exception identification */
	struct psw old;        /* absolute address */
	uint64_t advance;      /* how far @old is behind the snippet's begin */
	unsigned cc;           /* on completion */
	uint64_t general[16];
};

/*
 * @code with general registers full of a pattern, in supervisor state with DAT
 * off, and the control registers as they are.
 */
struct probe probe_of(const void *code);

struct outcome probe_run(const struct probe *probe);

/*
 * The program interruption @code of an instruction of @length bytes has to
 * have come, with the old PSW behind the instruction (suppressed) or at it
 * (nullified), and no general register changed. Within a test().
 */
void expect_suppressed(const struct probe *probe, const struct outcome *outcome,
		       uint16_t code, unsigned length);
void expect_nullified(const struct probe *probe, const struct outcome *outcome,
		      uint16_t code, unsigned length, uint64_t teid);

/* The instruction has to have ended with @cc, and no general register changed. */
void expect_completed(const struct probe *probe, const struct outcome *outcome,
		      unsigned cc);

/* No general register may have changed, but @except (16 = none). */
void expect_general(const struct probe *probe, const struct outcome *outcome,
		    unsigned except);

#endif
