/* SPDX-License-Identifier: MIT */
/* The DIAGNOSE instructions of Secure IPL, in every way to execute them. */
#ifndef UV_PAYLOAD_DIAGNOSE_H
#define UV_PAYLOAD_DIAGNOSE_H

#include "payload/suite/probe.h"

/*
 * Defines SNIPPETs for the function code @code (four digits): the operand's address
 * in register 2, the code in register 3, the subcode in register 4. _odd: operand
 * in register 7; _same: subcode in register 3; _based: function code in register
 * 5; _by_ex and _by_exrl: registers 6 and 9 are set for it.
 */
#define DIAGNOSE_SNIPPETS(code)                                             \
	SNIPPET(diag_##code, "diag %r2,%r4,0x" #code);                      \
	SNIPPET(diag_##code##_odd, "diag %r7,%r4,0x" #code);                \
	SNIPPET(diag_##code##_same, "diag %r2,%r3,0x" #code);               \
	SNIPPET(diag_##code##_based, "diag %r2,%r4,0(%r5)");                \
	SNIPPET(diag_##code##_by_ex, "ex %r0,0(%r6)");                      \
	SNIPPET(diag_##code##_by_exrl, ".insn ril,0xc60000000000,%r9,diag_" #code)

/* @code is a snippet of these; @target the plain one, for the EXECUTE ones. */
struct probe diagnose_probe(const void *code, const void *target, unsigned function,
			    uint64_t subcode, const volatile void *operand);

/* What comes before all else, whatever the operand: problem state, an odd register (@odd). */
void diagnose_order(struct probe probe, const void *odd);

/* Each within a test of its own: a program interruption, and nothing else ... */
void diagnose_refused(const char *name, const struct probe *probe, uint16_t code,
		      unsigned length);
/* ... or an answer in register 3, the condition code kept, and nothing else. */
void diagnose_answered(const char *name, const struct probe *probe, uint64_t code);

/* A model for access exceptions: what @model ends in, with the operand's address. */
void diagnose_faults(const char *name, const struct probe *probe, const void *model,
		     uint64_t where, uint16_t expected, bool nullifying);

#endif
