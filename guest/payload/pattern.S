/* SPDX-License-Identifier: MIT */
#include "payload/pattern.h"

	.section .rodata.pattern,"a",@progbits
	.balign	8
	.globl	pattern
	.hidden	pattern
pattern:
	.set	word,PATTERN_FIRST
	.rept	PATTERN_WORDS
	.quad	word
	.set	word,word + PATTERN_STEP
	.endr

	.section .note.GNU-stack,"",@progbits
