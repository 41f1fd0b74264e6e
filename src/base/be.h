/* SPDX-License-Identifier: MIT */
/*
 * Big-endian integers as they lie in guest storage and in files.
 *
 * Each type is a byte array in a struct: alignment 1, so that wire structs
 * need no packing attribute, and assigning one to a host integer, or mixing
 * two widths, does not compile. Usable freestanding (boot stages) as well.
 */
#ifndef UV_BASE_BE_H
#define UV_BASE_BE_H

#include <stdint.h>

typedef struct { uint8_t b[2]; } be16_t;
typedef struct { uint8_t b[4]; } be32_t;
typedef struct { uint8_t b[8]; } be64_t;

static inline uint16_t be16_get(be16_t v)
{
	return (uint16_t)(v.b[0] << 8 | v.b[1]);
}

static inline uint32_t be32_get(be32_t v)
{
	return (uint32_t)v.b[0] << 24 | (uint32_t)v.b[1] << 16 |
	       (uint32_t)v.b[2] << 8 | v.b[3];
}

static inline uint64_t be64_get(be64_t v)
{
	return (uint64_t)v.b[0] << 56 | (uint64_t)v.b[1] << 48 |
	       (uint64_t)v.b[2] << 40 | (uint64_t)v.b[3] << 32 |
	       (uint64_t)v.b[4] << 24 | (uint64_t)v.b[5] << 16 |
	       (uint64_t)v.b[6] << 8 | v.b[7];
}

static inline be16_t be16(uint16_t v)
{
	return (be16_t){ { (uint8_t)(v >> 8), (uint8_t)v } };
}

static inline be32_t be32(uint32_t v)
{
	return (be32_t){ { (uint8_t)(v >> 24), (uint8_t)(v >> 16),
			   (uint8_t)(v >> 8), (uint8_t)v } };
}

static inline be64_t be64(uint64_t v)
{
	return (be64_t){ { (uint8_t)(v >> 56), (uint8_t)(v >> 48),
			   (uint8_t)(v >> 40), (uint8_t)(v >> 32),
			   (uint8_t)(v >> 24), (uint8_t)(v >> 16),
			   (uint8_t)(v >> 8), (uint8_t)v } };
}

/* Bit n of a 64-bit word in the numbering of z/Architecture (bit 0 leftmost). */
#define MSB0(n) (UINT64_C(1) << (63 - (n)))

/* Asserts where a field of a wire struct lies; used once per field. */
#define WIRE_AT(type, field, offset)                                   \
	_Static_assert(__builtin_offsetof(type, field) == (offset),    \
		       #type "." #field " is misplaced")
#define WIRE_SIZE(type, size) \
	_Static_assert(sizeof(type) == (size), #type " has a wrong size")

#endif
