/* SPDX-License-Identifier: MIT */
/*
 * Whether the parts of an unpacked image can be put in place without one
 * destroying another. Pure arithmetic, so that it can be unit tested on the
 * build machine; everything in it may come from a careless image creator.
 */
#ifndef UV_GUEST_LOAD_PLAN_H
#define UV_GUEST_LOAD_PLAN_H

#include <stdint.h>

/* Bytes of storage; none when @size is 0. */
struct range {
	uint64_t start;
	uint64_t size;
};

struct load_plan {
	struct range kernel;  /* the whole kernel file */
	struct range cmdline; /* with its NUL */
	struct range initrd;  /* stays where it is */
	struct range loader;  /* this code, running */
};

enum load_problem {
	LOAD_OK,
	LOAD_KERNEL_TOO_SMALL, /* shorter than the 64 KiB that are skipped */
	LOAD_PART_TOO_LONG,    /* goes beyond the end of the address space */
	LOAD_PART_TOO_LOW,     /* below 64 KiB, where stack and prefix area are */
	LOAD_PART_IN_LOADER,
	LOAD_KERNEL_OVERWRITES, /* the kernel, once in place, covers another part */
	LOAD_CMDLINE_TOO_LONG,  /* longer than the kernel takes */
	LOAD_CMDLINE_OVERWRITES,
	LOAD_CMDLINE_NO_NUL,
};

/* Checks all that does not depend on the kernel's content. */
enum load_problem load_plan_check(const struct load_plan *plan);

/*
 * Checks the command line against what the kernel announces at
 * KERNEL_MAX_CMDLINE_OFFSET (0 = KERNEL_LEGACY_CMDLINE).
 */
enum load_problem load_plan_check_cmdline(const struct load_plan *plan,
					  uint64_t announced);

/* The problem as part of a sentence. */
const char *load_problem_text(enum load_problem problem);

#endif
