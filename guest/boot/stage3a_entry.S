/* SPDX-License-Identifier: MIT */
#include "enter.inc"

/* From a disk loader: address 0x10000, maybe in ESA/390 mode with 31 bits. */
	.section .entry,"ax",@progbits
	.globl	stage3a_disk_entry
stage3a_disk_entry:
	ENTER_ZARCH
	jg	stage3a_entry

/* From the image's own PSW: address 0x11000. */
	.section .start,"ax",@progbits
	.globl	stage3a_entry
stage3a_entry:
	ENTER_ZARCH
	CALL_ON_NEW_STACK stage3a_main

	.section .note.GNU-stack,"",@progbits
