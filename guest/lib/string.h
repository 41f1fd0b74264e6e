/* SPDX-License-Identifier: MIT */
/* What guest code has of <string.h>; contracts as in ISO C. */
#ifndef UV_GUEST_STRING_H
#define UV_GUEST_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *at, int byte, size_t size);
int memcmp(const void *one, const void *other, size_t size);

#endif
