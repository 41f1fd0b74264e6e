/* SPDX-License-Identifier: MIT */
/* The four functions that the compiler expects of every environment. */
#include "lib/string.h"

#include <stdint.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	while (size--)
		*t++ = *f++;
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	if (t <= f)
		return memcpy(to, from, size);
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
