/* SPDX-License-Identifier: MIT */
#include "lib/facility.h"

#include <stdint.h>

#include "lib/cpu.h"

#define LIST_WORDS 4 /* 64 bits each */

struct facility_list {
	uint64_t words[LIST_WORDS];
};

/* STFLE came after the first z/Architecture machines; STFL says if it is there. */
static bool has_stfle(void)
{
	__asm__ volatile(".insn s,0xb2b10000,0" : : : "memory"); /* STFL */
	return lowcore()->facilities >> (31 - FACILITY_STFLE) & 1;
}

static void facility_list_store(struct facility_list *list)
{
	register uint64_t last_word __asm__("0") = LIST_WORDS - 1;

	__asm__ volatile(".insn s,0xb2b00000,%[list]" /* STFLE */
			 : [list] "=Q"(*list), "+d"(last_word)
			 :
			 : "cc");
}

bool facility_installed(unsigned bit)
{
	struct facility_list list = { { 0 } };

	if (bit >= LIST_WORDS * 64 || !has_stfle())
		return false;
	facility_list_store(&list);
	return list.words[bit / 64] >> (63 - bit % 64) & 1;
}
