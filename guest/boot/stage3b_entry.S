/* SPDX-License-Identifier: MIT */
#include "enter.inc"

	.section .start,"ax",@progbits
	.globl	stage3b_entry
stage3b_entry:
	ENTER_ZARCH
	CALL_ON_NEW_STACK stage3b_main

	.section .note.GNU-stack,"",@progbits
