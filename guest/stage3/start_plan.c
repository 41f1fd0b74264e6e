/* SPDX-License-Identifier: MIT */
#include "stage3/start_plan.h"

#include "base/range.h"

/* A signature with its trailer: by so much the file may be longer than what is loaded of it. */
#define APPENDED_MAX (SIGNATURE_SIZE_MAX + 40)

/* The size of the verified component that is the kernel, or 0. */
static uint64_t verified_kernel(const struct ipl_report *report)
{
	const uint8_t verified = IIRB_SIGNED | IIRB_VERIFIED;

	for (unsigned i = 0; i < report->component_count; i++) {
		const struct iirb_component *component = &report->components[i];

		if (be64_get(component->address) == KERNEL_IMAGE_ADDRESS &&
		    (component->flags & verified) == verified)
			return be64_get(component->length);
	}
	return 0;
}

/* In secure mode nothing but the verified bytes is moved. */
static enum start_problem limit_to_verified(struct start_plan *plan,
					    const struct stage3_parameters *parameters,
					    const struct ipl_report *report)
{
	const uint64_t verified = verified_kernel(report);

	if (be64_get(parameters->kernel_psw) != KERNEL_PSW)
		return START_KERNEL_PSW;
	if (verified == 0)
		return START_KERNEL_UNVERIFIED;
	if (plan->kernel_size > verified + APPENDED_MAX)
		return START_KERNEL_LONGER;
	if (plan->kernel_size > verified)
		plan->kernel_size = verified;
	return START_OK;
}

/*
 * The part lies above the kernel. Before the kernel is moved it reaches 64 KiB
 * further up, but only in secure mode is it known how far: otherwise its size is
 * the file's, with a signature that is not loaded and that a part may follow.
 */
static enum start_problem check_part(const struct start_plan *plan, bool secure,
				     uint64_t address, uint64_t size)
{
	const uint64_t kernel = secure ? plan->kernel_size
				       : plan->kernel_size - KERNEL_IMAGE_SKIP;

	if (size == 0)
		return START_OK;
	if (address + size < address)
		return START_PART_LONG;
	if (address < KERNEL_IMAGE_ADDRESS)
		return START_PART_LOW;
	if (ranges_overlap(address, size, KERNEL_IMAGE_ADDRESS, kernel))
		return START_PART_IN_KERNEL;
	return START_OK;
}

static void take_parts(struct start_plan *plan, const struct stage3_parameters *parameters)
{
	*plan = (struct start_plan){
		.kernel_size = be64_get(parameters->kernel_size),
		.command_line = be64_get(parameters->command_line),
		.has_command_line = be64_get(parameters->command_line) != STAGE3_NONE,
		.initrd = be64_get(parameters->initrd),
		.initrd_size = be64_get(parameters->initrd_size),
		.environment = be64_get(parameters->environment),
		.environment_size = be64_get(parameters->environment_size),
	};
	if (plan->environment == STAGE3_NONE)
		plan->environment_size = 0;
}

enum start_problem start_plan_make(struct start_plan *plan,
				   const struct stage3_parameters *parameters,
				   const struct ipl_report *report)
{
	enum start_problem problem = START_OK;

	take_parts(plan, parameters);
	if (be64_get(parameters->flags) & STAGE3_FLAG_KDUMP)
		return START_KDUMP;
	if (be64_get(parameters->kernel) != KERNEL_IMAGE_ADDRESS)
		return START_KERNEL_ADDRESS;
	if (report)
		problem = limit_to_verified(plan, parameters, report);
	if (!problem && plan->kernel_size <= KERNEL_IMAGE_SKIP)
		problem = START_KERNEL_SMALL;
	/* One byte of it above the kernel: then all of it is. */
	if (!problem && plan->has_command_line)
		problem = check_part(plan, report, plan->command_line, 1);
	if (!problem)
		problem = check_part(plan, report, plan->initrd, plan->initrd_size);
	if (!problem)
		problem = check_part(plan, report, plan->environment, plan->environment_size);
	return problem;
}

const char *start_problem_text(enum start_problem problem)
{
	switch (problem) {
	case START_OK:
		return "nothing is wrong";
	case START_KDUMP:
		return "this stage 3 starts no stand-alone kdump";
	case START_KERNEL_ADDRESS:
		return "the kernel is said to be at another address than 0x10000";
	case START_KERNEL_SMALL:
		return "the kernel is not larger than 64 KiB";
	case START_KERNEL_PSW:
		return "the kernel is to be started elsewhere than at 0x10000";
	case START_KERNEL_UNVERIFIED:
		return "there is no verified component at 0x10000";
	case START_KERNEL_LONGER:
		return "the kernel is said to be longer than what was verified of it";
	case START_PART_LOW:
		return "a part lies below 64 KiB";
	case START_PART_LONG:
		return "a part goes beyond the end of the address space";
	case START_PART_IN_KERNEL:
		return "a part lies within the kernel";
	case START_COMMAND_LINE_LONG:
		return "the command line is longer than the kernel takes";
	}
	return "";
}

const char *start_problem_remedy(enum start_problem problem)
{
	if (problem == START_KDUMP)
		return "boot another program of this disk";
	if (problem == START_COMMAND_LINE_LONG)
		return "shorten the command line";
	return "the parameters of stage 3, which are not signed, are damaged or forged: "
	       "write the boot map again with 'sipl mkdisk' or zipl";
}
