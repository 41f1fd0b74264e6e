/* SPDX-License-Identifier: MIT */
/* QEMU starts the firmware here: 64-bit, DAT off, no interruptions, no stack. */
#define STACK_SIZE 0x8000
#define FIRST_FRAME 160 /* the ABI's register save area */

	.section .text.entry,"ax",@progbits
	.globl	firmware_entry
firmware_entry:
	larl	%r15,stack + STACK_SIZE - FIRST_FRAME
	brasl	%r14,firmware_main

	.text
	.globl	program_check_entry
	.hidden	program_check_entry
program_check_entry:
	larl	%r15,stack + STACK_SIZE - FIRST_FRAME
	brasl	%r14,program_check

	.section .bss
	.balign	8
stack:
	.skip	STACK_SIZE

	.section .note.GNU-stack,"",@progbits
