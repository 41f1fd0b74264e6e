/* SPDX-License-Identifier: MIT */
/* The four functions that the compiler expects of every environment. */
#include "lib/string.h"

#include <stdint.h>

/*
 * Copies from left to right, so the target may overlap the source from below.
 * MVCLE because it moves a page and more at a time, on machines and in TCG.
 */
static void copy_up(void *to, const void *from, size_t size)
{
	register uint64_t to_address __asm__("2") = (uint64_t)to;
	register uint64_t to_size __asm__("3") = size;
	register uint64_t from_address __asm__("4") = (uint64_t)from;
	register uint64_t from_size __asm__("5") = size;

	__asm__ volatile("0:	mvcle	%%r2,%%r4,0\n"
			 "	jo	0b\n"
			 : "+d"(to_address), "+d"(to_size), "+d"(from_address),
			   "+d"(from_size)
			 :
			 : "cc", "memory");
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	copy_up(to, from, size);
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	if (t <= f) {
		copy_up(to, from, size);
		return to;
	}
	while (size--)
		t[size] = f[size];
	return to;
}

void *memset(void *at, int byte, size_t size)
{
	uint8_t *a = at;

	while (size--)
		*a++ = (uint8_t)byte;
	return at;
}

int memcmp(const void *one, const void *other, size_t size)
{
	const uint8_t *a = one, *b = other;

	for (; size; size--, a++, b++) {
		if (*a != *b)
			return *a - *b;
	}
	return 0;
}
