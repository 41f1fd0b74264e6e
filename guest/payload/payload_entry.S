/* SPDX-License-Identifier: MIT */
#include "boot/enter.inc"

	.section .start,"ax",@progbits
	.globl	payload_entry
payload_entry:
	ENTER_ZARCH
	CALL_ON_NEW_STACK payload_main

	.section .note.GNU-stack,"",@progbits
