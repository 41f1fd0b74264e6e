/* SPDX-License-Identifier: MIT */
/*
 * Stage 3: what a boot disk's own loader does between the boot loader and the
 * kernel. It runs as a component of the disk, verified in secure mode, while its
 * parameters are not. See docs/reference/boot-map.md, "Stage 3".
 */
#include "ipl/stage3.h"

#include <string.h>

#include "image/layout.h"
#include "lib/cpu.h"
#include "lib/diag308.h"
#include "lib/stop_boot.h"
#include "stage3/command_line.h"
#include "stage3/start_plan.h"

extern char stage3_bss_start[] LINKED_HERE, stage3_bss_end[] LINKED_HERE;

noreturn void stage3_main(void);

/* Storage at a fixed address, which the compiler must not know; see lowcore(). */
static void *at(uint64_t address)
{
	void *pointer;

	__asm__("" : "=a"(pointer) : "0"(address));
	return pointer;
}

static noreturn void fail(enum start_problem problem)
{
	stop_boot(start_problem_text(problem), start_problem_remedy(problem));
}

/* Whether this is a secure IPL. What the hypervisor says counts, not storage. */
static bool read_block(struct iplb *iplb)
{
	switch ((uint16_t)diag308(DIAG308_STORE_IPLB, (uint64_t)iplb)) {
	case DIAG308_OK:
		return iplb->version == 0 && iplb->flags & IPLB_SECURE;
	case DIAG308_NO_CONFIGURATION:
		return false;
	default:
		stop_boot("the hypervisor does not tell the IPL parameter block", NULL);
	}
}

static void read_report(struct ipl_report *report, const struct iplb *iplb)
{
	const uint64_t address = lowcore()->iplb_address + ipl_report_offset(iplb);

	if (!ipl_report_read(report, at(address), IIRB_SIZE_MAX))
		stop_boot("there is no IPL report, or it is damaged",
			  "use a boot loader for Secure IPL: 'ultraviolet run' has one");
}

static uint64_t command_line_limit(void)
{
	const uint64_t limit = be64_get(*(const be64_t *)at(KERNEL_MAX_CMDLINE_OFFSET));

	return limit ? limit : KERNEL_LEGACY_CMDLINE;
}

/* After the kernel has been moved: it says how long its command line may be. */
static void put_command_line(const struct start_plan *plan, const struct iplb *iplb)
{
	const unsigned ssid = lowcore()->subchannel >> 17 & 3;
	const uint64_t room = command_line_limit();
	const char *from = at(plan->command_line);
	char *line = at(KERNEL_CMDLINE_ADDRESS);
	uint64_t length;

	if (!plan->has_command_line)
		return;
	length = text_length(from, room);
	if (length == room)
		fail(START_COMMAND_LINE_LONG);
	memcpy(line, from, length + 1);
	if (plan->environment_size &&
	    !command_line_expand(line, room, at(plan->environment), plan->environment_size,
				 site_of(iplb, ssid)))
		fail(START_COMMAND_LINE_LONG);
}

static void put_in_place(const struct start_plan *plan, const struct iplb *iplb)
{
	memmove(at(KERNEL_IMAGE_ADDRESS), at(KERNEL_IMAGE_ADDRESS + KERNEL_IMAGE_SKIP),
		plan->kernel_size - KERNEL_IMAGE_SKIP);
	*(be64_t *)at(KERNEL_IPL_DEVICE) = be64(lowcore()->subchannel);
	*(be64_t *)at(KERNEL_INITRD_ADDRESS) = be64(plan->initrd);
	*(be64_t *)at(KERNEL_INITRD_SIZE) = be64(plan->initrd_size);
	put_command_line(plan, iplb);
}

noreturn void stage3_main(void)
{
	static struct iplb iplb __attribute__((aligned(IPLB_SIZE)));
	static struct ipl_report report;
	struct stage3_parameters parameters;
	struct start_plan plan;
	enum start_problem problem;
	bool secure;

	/* Any component may have been loaded there. */
	memset(stage3_bss_start, 0, (size_t)(stage3_bss_end - stage3_bss_start));
	stop_on_program_check();
	memcpy(&parameters, at(STAGE3_PARAMETERS), sizeof(parameters));
	secure = read_block(&iplb);
	if (secure)
		read_report(&report, &iplb);
	problem = start_plan_make(&plan, &parameters, secure ? &report : NULL);
	if (problem)
		fail(problem);
	put_in_place(&plan, &iplb);
	stop_on_program_check_end();
	start_program(be64_get(parameters.kernel_psw));
}
