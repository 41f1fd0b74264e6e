/* SPDX-License-Identifier: MIT */
/* SCLABs: the input is a component; half of all inputs get a good end first. */
#include <stdlib.h>
#include <string.h>

#include "ipl/sclab.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const uint8_t *component, size_t size)
{
	struct sclab_findings findings;
	struct sclab sclab;

	if (sclab_find(component, size, &sclab) != IPL_OK)
		return;
	for (unsigned before = 0; before < 2; before++) {
		const struct sclab_place place = { 0xa000, before };

		sclab_check(&sclab, &place, &findings);
		if (findings.count > SCLAB_FINDINGS_MAX)
			abort();
		for (unsigned i = 0; i < findings.count; i++) {
			if (ipl_problem_facts(findings.problems[i])->kind != IPL_KIND_EVENT)
				abort();
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t end[] = { 'z', 'I', 'P', 'L' };
	uint8_t *copy = malloc(size + sizeof(end));

	if (!copy)
		return 0;
	if (size)
		memcpy(copy, data, size);
	memcpy(copy + size, end, sizeof(end));
	check(copy, size);
	check(copy, size + sizeof(end));
	free(copy);
	return 0;
}
