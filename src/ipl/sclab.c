/* SPDX-License-Identifier: MIT */
#include "ipl/sclab.h"

#include <string.h>

#include "ipl/bootmap.h"

enum ipl_problem sclab_find(const void *component, uint64_t size, struct sclab *sclab)
{
	const uint8_t *bytes = component;
	struct sclab_locator locator;
	uint16_t length;

	if (size < sizeof(locator))
		return IPL_PROBLEM_SCLAB_TOO_SHORT;
	memcpy(&locator, bytes + size - sizeof(locator), sizeof(locator));
	if (memcmp(locator.magic, BOOTMAP_MAGIC, BOOTMAP_MAGIC_SIZE) != 0)
		return IPL_PROBLEM_SCLAB_MAGIC;
	length = be16_get(locator.length);
	if (length < SCLAB_LENGTH_MIN || length > size)
		return IPL_PROBLEM_SCLAB_LENGTH;
	memcpy(sclab, bytes + size - length, sizeof(*sclab));
	return IPL_OK;
}

static bool has(const struct sclab *sclab, uint16_t flag)
{
	return be16_get(sclab->flags) & flag;
}

bool sclab_is_global(const struct sclab *sclab)
{
	return has(sclab, SCLAB_OPSW);
}

static void find(struct sclab_findings *findings, bool wrong, enum ipl_problem problem)
{
	if (wrong)
		findings->problems[findings->count++] = problem;
}

void sclab_check(const struct sclab *sclab, const struct sclab_place *place,
		 struct sclab_findings *findings)
{
	const bool global = sclab_is_global(sclab);
	const uint64_t address = be64_get(sclab->load_address);

	findings->count = 0;
	find(findings, sclab->format != SCLAB_FORMAT, IPL_PROBLEM_SCLAB_FORMAT);
	find(findings, !global && be64_get(sclab->load_psw) != 0, IPL_PROBLEM_PSW_NOT_ZERO);
	find(findings, global && place->global_before, IPL_PROBLEM_GLOBAL_SCLABS);
	find(findings, global && !has(sclab, SCLAB_OLA), IPL_PROBLEM_NO_OLA);
	find(findings, !has(sclab, SCLAB_OLA) && address != 0, IPL_PROBLEM_ADDRESS_NOT_ZERO);
	find(findings, has(sclab, SCLAB_OLA) && address != place->address,
	     IPL_PROBLEM_LOAD_ADDRESS);
	find(findings, has(sclab, SCLAB_NUC) && !global, IPL_PROBLEM_NUC_NOT_GLOBAL);
	find(findings, has(sclab, SCLAB_SC) && !global, IPL_PROBLEM_SC_NOT_GLOBAL);
}
