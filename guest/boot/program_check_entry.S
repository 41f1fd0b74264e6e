/* SPDX-License-Identifier: MIT */
#include "enter.inc"

	.text
	.globl	program_check_entry
	.hidden	program_check_entry
program_check_entry:
	CALL_ON_NEW_STACK program_check

	.section .note.GNU-stack,"",@progbits
