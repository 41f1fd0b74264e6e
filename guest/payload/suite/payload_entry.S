/* SPDX-License-Identifier: MIT */
/*
 * Where the PSW of an image leads to: nothing has run in the guest before. So
 * every register is stored by instructions that need none.
 */
#include "payload/suite/entry_state.h"

#define STACK_SIZE 16384
#define FIRST_FRAME 160 /* the ABI's register save area */

	.machine "z10"

	.section .start,"ax",@progbits
	.globl	payload_entry
	.hidden	payload_entry
payload_entry:
	.irp	number,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	stgrl	%r\number,entry_state + ENTRY_GENERAL + 8 * \number
	.endr
	epsw	%r0,%r1
	sam64
	larl	%r2,entry_state
	st	%r0,ENTRY_PSW_MASK(%r2)
	st	%r1,ENTRY_PSW_MASK + 4(%r2)
	stctg	%c0,%c15,ENTRY_CONTROL(%r2)
	stam	%a0,%a15,ENTRY_ACCESS(%r2)
	stckc	ENTRY_CLOCK_COMPARATOR(%r2)
	stpx	ENTRY_PREFIX(%r2)
	stap	ENTRY_CPU_ADDRESS(%r2)
	lg	%r0,ENTRY_COUNT(%r2)
	aghi	%r0,1
	stg	%r0,ENTRY_COUNT(%r2)
	larl	%r15,entry_stack + STACK_SIZE - FIRST_FRAME
	brasl	%r14,payload_begin

	.section .bss.entry,"aw",@nobits
	.balign	8
	.globl	entry_state
	.hidden	entry_state
entry_state:
	.skip	ENTRY_COUNT + 8
	.balign	8
entry_stack:
	.skip	STACK_SIZE

	.section .note.GNU-stack,"",@progbits
