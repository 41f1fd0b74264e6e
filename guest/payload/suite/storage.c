/* SPDX-License-Identifier: MIT */
#include "payload/suite/storage.h"

#include "payload/suite/probe.h"

#define MIB (1UL << 20)

SNIPPET(load_byte, "ic %r2,0(%r3)");

/* Hides that @address is a number: the compiler distrusts accesses near 0. */
static const volatile uint64_t *words_at(uint64_t address)
{
	const volatile uint64_t *words;

	__asm__("" : "=a"(words) : "0"(address));
	return words;
}

uint64_t first_not_zero(uint64_t start, uint64_t end)
{
	const volatile uint64_t *words = words_at(start);
	const uint64_t count = (end - start) / sizeof(*words);

	for (uint64_t i = 0; i < count; i++) {
		if (words[i])
			return start + i * sizeof(*words);
	}
	return end;
}

static int is_there(uint64_t address)
{
	struct probe probe = probe_of(load_byte);
	struct outcome outcome;

	probe.general[3] = address;
	outcome = probe_run(&probe);
	return !outcome.interrupted;
}

uint64_t storage_size(void)
{
	uint64_t there = 0, missing = 1;

	while (is_there(missing * MIB)) {
		there = missing;
		missing *= 2;
	}
	/* MiB @there exists, MiB @missing does not. */
	while (missing - there > 1) {
		uint64_t middle = there + (missing - there) / 2;

		if (is_there(middle * MIB))
			there = middle;
		else
			missing = middle;
	}
	return missing * MIB;
}
