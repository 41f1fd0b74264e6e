/* SPDX-License-Identifier: MIT */
#include "payload/suite/facilities.h"

SNIPPET(stfle, ".insn s,0xb2b00000,0(%r3)");

struct probe stfle_probe(const void *code, struct facilities *list, unsigned words)
{
	struct probe probe = probe_of(code);

	for (unsigned i = 0; i < FACILITY_WORDS; i++)
		list->words[i] = FACILITY_WORD_KEPT;
	/* Only the last byte counts. */
	probe.general[0] = (probe.general[0] & ~0xffUL) | (words - 1);
	probe.general[3] = (uint64_t)list;
	return probe;
}

struct outcome stfle_run(struct facilities *list, unsigned words)
{
	const struct probe probe = stfle_probe(stfle, list, words);

	return probe_run(&probe);
}
