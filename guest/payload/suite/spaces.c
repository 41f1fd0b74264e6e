/* SPDX-License-Identifier: MIT */
#include "payload/suite/spaces.h"

#include "payload/suite/payload.h"

#define SEGMENTS 2048
#define PAGES_PER_SEGMENT 256
#define SEGMENT_SIZE (1UL << 20)
#define SEGMENT_INVALID 0x20UL
#define SEGMENT_LARGE 0x400UL
#define TABLE_LENGTH 3UL /* of a segment table: all four quarters */

/* Only the first MiB needs single pages; large frames map the rest. */
static uint64_t segments[SPACE_COUNT][SEGMENTS] __attribute__((aligned(16384)));
static uint64_t pages[SPACE_COUNT][PAGES_PER_SEGMENT] __attribute__((aligned(2048)));

void spaces_reset(void)
{
	for (unsigned space = 0; space < SPACE_COUNT; space++) {
		for (uint64_t i = 0; i < SEGMENTS; i++)
			segments[space][i] = i < SPACES_SIZE / SEGMENT_SIZE ?
				i * SEGMENT_SIZE | SEGMENT_LARGE : SEGMENT_INVALID;
		segments[space][0] = (uint64_t)pages[space];
		for (uint64_t i = 0; i < PAGES_PER_SEGMENT; i++)
			pages[space][i] = i * PAGE_SIZE;
	}
	spaces_purge();
}

uint64_t space_control(enum space space)
{
	return (uint64_t)segments[space] | TABLE_LENGTH;
}

volatile uint64_t *space_page(enum space space, uint64_t address)
{
	return &pages[space][address / PAGE_SIZE % PAGES_PER_SEGMENT];
}

volatile uint64_t *space_segment(enum space space, uint64_t address)
{
	return &segments[space][address / SEGMENT_SIZE % SEGMENTS];
}

void spaces_purge(void)
{
	__asm__ volatile("ptlb" : : : "memory");
}
