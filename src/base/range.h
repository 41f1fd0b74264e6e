/* SPDX-License-Identifier: MIT */
/* Ranges of addresses. Freestanding. */
#ifndef UV_BASE_RANGE_H
#define UV_BASE_RANGE_H

#include <stdbool.h>
#include <stdint.h>

/* Whether two ranges, neither of which wraps around, share a byte. */
static inline bool ranges_overlap(uint64_t one, uint64_t one_size, uint64_t other,
				  uint64_t other_size)
{
	return one_size && other_size && one < other + other_size &&
	       other < one + one_size;
}

#endif
