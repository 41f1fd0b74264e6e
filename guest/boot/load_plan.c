/* SPDX-License-Identifier: MIT */
#include "load_plan.h"

#include <stdbool.h>

#include "base/range.h"
#include "image/layout.h"

/* Both must not wrap around, which load_plan_check() makes sure of first. */
static bool overlap(struct range a, struct range b)
{
	return ranges_overlap(a.start, a.size, b.start, b.size);
}

static enum load_problem check_part(const struct load_plan *plan, struct range part)
{
	if (part.size == 0)
		return LOAD_OK;
	if (part.start + part.size < part.start)
		return LOAD_PART_TOO_LONG;
	if (part.start < KERNEL_ENTRY)
		return LOAD_PART_TOO_LOW;
	if (overlap(part, plan->loader))
		return LOAD_PART_IN_LOADER;
	return LOAD_OK;
}

enum load_problem load_plan_check(const struct load_plan *plan)
{
	const struct range parts[] = { plan->kernel, plan->cmdline, plan->initrd };
	struct range target;

	if (plan->kernel.size < KERNEL_ENTRY)
		return LOAD_KERNEL_TOO_SMALL;
	for (unsigned i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		enum load_problem problem = check_part(plan, parts[i]);

		if (problem)
			return problem;
	}
	target = (struct range){ KERNEL_ENTRY, plan->kernel.size - KERNEL_ENTRY };
	if (overlap(target, plan->loader) || overlap(target, plan->cmdline) ||
	    overlap(target, plan->initrd))
		return LOAD_KERNEL_OVERWRITES;
	return LOAD_OK;
}

enum load_problem load_plan_check_cmdline(const struct load_plan *plan,
					  uint64_t announced)
{
	const uint64_t limit = announced ? announced : KERNEL_LEGACY_CMDLINE;
	const struct range target = { KERNEL_CMDLINE_ADDRESS, plan->cmdline.size };

	if (plan->cmdline.size > limit)
		return LOAD_CMDLINE_TOO_LONG;
	if (target.start + target.size < target.start ||
	    overlap(target, plan->loader) || overlap(target, plan->initrd) ||
	    overlap(target, plan->cmdline))
		return LOAD_CMDLINE_OVERWRITES;
	return LOAD_OK;
}

const char *load_problem_text(enum load_problem problem)
{
	switch (problem) {
	case LOAD_OK:
		return "nothing is wrong";
	case LOAD_KERNEL_TOO_SMALL:
		return "the kernel is smaller than 64 KiB";
	case LOAD_PART_TOO_LONG:
		return "a part goes beyond the end of storage";
	case LOAD_PART_TOO_LOW:
		return "a part lies below 64 KiB";
	case LOAD_PART_IN_LOADER:
		return "a part overlaps the boot loader";
	case LOAD_KERNEL_OVERWRITES:
		return "the kernel in its place would cover another part";
	case LOAD_CMDLINE_TOO_LONG:
		return "the command line is longer than the kernel takes";
	case LOAD_CMDLINE_OVERWRITES:
		return "the command line in its place would cover another part";
	case LOAD_CMDLINE_NO_NUL:
		return "the command line does not end with a NUL";
	}
	return "";
}
