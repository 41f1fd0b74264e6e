/* SPDX-License-Identifier: MIT */
/*
 * Whether stage 3 may do what its parameters say. They are not signed, so in
 * secure mode they must not lead it to anything but the kernel that was
 * verified. Pure arithmetic, so that it can be unit tested on the build machine.
 * See docs/reference/boot-map.md, "Stage 3".
 */
#ifndef UV_GUEST_START_PLAN_H
#define UV_GUEST_START_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "ipl/report.h"
#include "ipl/stage3.h"

enum start_problem {
	START_OK,
	START_KDUMP,
	START_KERNEL_ADDRESS,
	START_KERNEL_SMALL,
	START_KERNEL_PSW,
	START_KERNEL_UNVERIFIED,
	START_KERNEL_LONGER,
	START_PART_LOW,
	START_PART_LONG,
	START_PART_IN_KERNEL,
	START_COMMAND_LINE_LONG, /* found when it is copied */
};

/* Where the parts are; a size of 0 means that there is none. */
struct start_plan {
	uint64_t kernel_size;  /* to be moved, with the part that is skipped */
	uint64_t command_line;
	uint64_t initrd, initrd_size;
	uint64_t environment, environment_size;
	bool has_command_line;
};

/*
 * Takes the plan from @parameters and checks it. @report is that of a secure
 * IPL, otherwise NULL. How long the command line is, is not known here; it lies
 * above the kernel, if at all.
 */
enum start_problem start_plan_make(struct start_plan *plan,
				   const struct stage3_parameters *parameters,
				   const struct ipl_report *report);

/* What is wrong, and what to do about it, in words. */
const char *start_problem_text(enum start_problem problem);
const char *start_problem_remedy(enum start_problem problem);

#endif
