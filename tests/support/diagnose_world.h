/* SPDX-License-Identifier: MIT */
/* An array for a guest's storage, for tests of the DIAGNOSE calls of Secure IPL. */
#ifndef UV_TESTS_DIAGNOSE_WORLD_H
#define UV_TESTS_DIAGNOSE_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipl/diagnose.h"

/*
 * Logical address LOGICAL_BASE + n is absolute address n, so that whoever takes
 * one for the other is found out.
 */
#define LOGICAL_BASE UINT64_C(0x7000000000)

struct diagnose_world {
	uint8_t *bytes;
	size_t size;
	uint64_t read_only;  /* absolute address of the 4 KiB that cannot be written */
	uint8_t *reads;      /* of each byte, by absolute address, if wanted */
	/* Called behind each read, as another CPU that changes storage would come. */
	void (*meanwhile)(struct diagnose_world *world, uint64_t address, size_t size);
	uint64_t written;    /* bytes */
	struct diagnose_storage storage;
};

#define NOTHING_READ_ONLY UINT64_MAX

/* Storage of @size bytes 0xa5. Ended by diagnose_world_free(). */
void diagnose_world_new(struct diagnose_world *world, size_t size);
void diagnose_world_free(struct diagnose_world *world);

#define WORLD_FILL 0xa5

/* Are @size bytes at absolute @address as they were in the beginning? */
bool world_is_untouched(const struct diagnose_world *world, uint64_t address, size_t size);

#define assert_answered(result, code)                                     \
	do {                                                              \
		struct diagnose_result r_ = (result);                     \
		assert_int_equal(r_.end, DIAGNOSE_ANSWERED);              \
		assert_int_equal(r_.value, code);                         \
	} while (0)

#define assert_interrupted(result, code)                                  \
	do {                                                              \
		struct diagnose_result r_ = (result);                     \
		assert_int_equal(r_.end, DIAGNOSE_INTERRUPTED);           \
		assert_int_equal(r_.value, code);                         \
	} while (0)

#define assert_fault(result) assert_int_equal((result).end, DIAGNOSE_FAULT)

#endif
