/* SPDX-License-Identifier: MIT */
/* What the ultravisor's fuzz targets share. */
#ifndef UV_TESTS_ULTRAVISOR_FUZZ_H
#define UV_TESTS_ULTRAVISOR_FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A finding: something that must hold does not. */
#define fuzz_check(condition)                                                \
	do {                                                                 \
		if (!(condition)) {                                          \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__,     \
				__LINE__, #condition);                       \
			abort();                                             \
		}                                                            \
	} while (0)

/* The input, eaten from the front; zeros when it is used up. */
struct feed {
	const uint8_t *data;
	size_t left;
};

static inline uint8_t feed_u8(struct feed *feed)
{
	if (feed->left == 0)
		return 0;
	feed->left--;
	return *feed->data++;
}

static inline uint16_t feed_u16(struct feed *feed)
{
	uint8_t high = feed_u8(feed);

	return (uint16_t)(high << 8 | feed_u8(feed));
}

static inline uint64_t feed_u64(struct feed *feed)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < 8; i++)
		value = value << 8 | feed_u8(feed);
	return value;
}

static inline void feed_bytes(struct feed *feed, uint8_t *out, size_t size)
{
	for (size_t i = 0; i < size; i++)
		out[i] = feed_u8(feed);
}

#endif
