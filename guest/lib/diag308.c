/* SPDX-License-Identifier: MIT */
#include "lib/diag308.h"

uint64_t diag308(enum diag308_subcode subcode, uint64_t address)
{
	register uint64_t r2 __asm__("2") = address;
	register uint64_t r3 __asm__("3") = 0;
	register uint64_t r4 __asm__("4") = subcode;

	__asm__ volatile("diag %%r2,%%r4,0x308"
			 : "+d"(r2), "+d"(r3)
			 : "d"(r4)
			 : "cc", "memory");
	return r3;
}
