/* SPDX-License-Identifier: MIT */
#include "boot/enter.inc"

/* At STAGE3_ADDRESS: the boot loader starts it in 31-bit addressing. */
	.section .start,"ax",@progbits
	.globl	stage3_entry
stage3_entry:
	ENTER_ZARCH
	CALL_ON_NEW_STACK stage3_main

	.text
	.globl	program_check_entry
	.hidden	program_check_entry
program_check_entry:
	CALL_ON_NEW_STACK program_check

	.section .note.GNU-stack,"",@progbits
