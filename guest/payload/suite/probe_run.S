/* SPDX-License-Identifier: MIT */
#include "payload/suite/payload_area.h"

	.text
/* void probe_go(void): runs what lies ready in the prefix area. */
	.globl	probe_go
	.hidden	probe_go
probe_go:
	stmg	%r6,%r15,48(%r15)
	stg	%r15,AREA_PROBE_STACK
	lmg	%r0,%r15,AREA_PROBE_GENERAL_IN
	lpswe	AREA_PROBE_PSW

	.globl	probe_completed
	.hidden	probe_completed
probe_completed:
	stmg	%r0,%r15,AREA_PROBE_GENERAL_OUT
	lghi	%r0,PROBE_KIND_COMPLETED
	j	0f

	.globl	probe_interrupted
	.hidden	probe_interrupted
probe_interrupted:
	stmg	%r0,%r15,AREA_PROBE_GENERAL_OUT
	lghi	%r0,PROBE_KIND_INTERRUPTED
0:	stg	%r0,AREA_PROBE_KIND
	lg	%r15,AREA_PROBE_STACK
	lmg	%r6,%r15,48(%r15)
	br	%r14

/* Every other program interruption. */
	.globl	unexpected_interruption
	.hidden	unexpected_interruption
unexpected_interruption:
	brasl	%r14,report_unexpected_interruption

	.section .note.GNU-stack,"",@progbits
