/* SPDX-License-Identifier: MIT */
	.section .rodata.pattern,"a",@progbits
	.balign	8
	.globl	pattern
	.hidden	pattern
pattern:
	.set	word,0x0123456789abcdef
	.rept	32768
	.quad	word
	.set	word,word + 0x000100070015004d
	.endr

	.section .note.GNU-stack,"",@progbits
