/* SPDX-License-Identifier: MIT */
/*
 * Second boot stage of a Secure Execution image, the first code that runs in
 * the protected guest. It puts the decrypted parts where the kernel expects
 * them and starts it. It runs wherever it was unpacked to: position
 * independent, and above everything that it moves. See
 * docs/reference/se-image.md, "Boot stages".
 */
#include "image/boot_args.h"
#include "image/layout.h"
#include "lib/cpu.h"
#include "lib/line.h"
#include "lib/string.h"
#include "load_plan.h"
#include "stop.h"

/* The last bytes of the stage; the image creator fills them in. */
extern const struct stage3b_args stage3b_args LINKED_HERE;
extern const char stage3b_start[] LINKED_HERE, stage3b_end[] LINKED_HERE;

noreturn void stage3b_main(void);

static struct range part_range(const struct stage3b_part *part)
{
	return (struct range){ be64_get(part->address), be64_get(part->size) };
}

static struct load_plan load_plan_read(const struct stage3b_args *args)
{
	return (struct load_plan){
		.kernel = part_range(&args->kernel),
		.cmdline = part_range(&args->cmdline),
		.initrd = part_range(&args->initrd),
		.loader = { (uint64_t)stage3b_start,
			    (uint64_t)stage3b_end - (uint64_t)stage3b_start },
	};
}

static void say_range(const char *name, struct range range)
{
	struct line line;

	line_start(&line, "  ");
	line_add(&line, name);
	line_add_hex(&line, range.start, 1);
	line_add(&line, ", size ");
	line_add_hex(&line, range.size, 1);
	say(line.text);
}

static noreturn void fail(const struct load_plan *plan, enum load_problem problem)
{
	struct line line;

	line_start(&line, "Protected boot failed: ");
	line_add(&line, load_problem_text(problem));
	say(line.text);
	say_range("kernel at       ", plan->kernel);
	say_range("command line at ", plan->cmdline);
	say_range("initrd at       ", plan->initrd);
	say_range("boot loader at  ", plan->loader);
	say("  remedy: create the image again; its creator gave the boot loader wrong arguments");
	disabled_wait(STOP_INTERNAL);
}

/* What the kernel announces as limit; one too short to say counts as 0. */
static uint64_t cmdline_limit(const struct range *kernel)
{
	if (kernel->size < KERNEL_MAX_CMDLINE_OFFSET + sizeof(be64_t))
		return 0;
	return be64_get(*(const be64_t *)(kernel->start + KERNEL_MAX_CMDLINE_OFFSET));
}

/* Every check comes before the first byte is moved. */
static enum load_problem check(const struct load_plan *plan)
{
	enum load_problem problem = load_plan_check(plan);

	if (problem || plan->cmdline.size == 0)
		return problem;
	problem = load_plan_check_cmdline(plan, cmdline_limit(&plan->kernel));
	if (problem)
		return problem;
	if (*(const char *)(plan->cmdline.start + plan->cmdline.size - 1) != '\0')
		return LOAD_CMDLINE_NO_NUL;
	return LOAD_OK;
}

static void put_in_place(const struct load_plan *plan)
{
	memmove((void *)KERNEL_ENTRY, (const void *)(plan->kernel.start + KERNEL_ENTRY),
		plan->kernel.size - KERNEL_ENTRY);
	if (plan->cmdline.size)
		memmove((void *)KERNEL_CMDLINE_ADDRESS, (const void *)plan->cmdline.start,
			plan->cmdline.size);
	if (plan->initrd.size) {
		*(be64_t *)KERNEL_INITRD_ADDRESS = be64(plan->initrd.start);
		*(be64_t *)KERNEL_INITRD_SIZE = be64(plan->initrd.size);
	}
}

noreturn void stage3b_main(void)
{
	const struct load_plan plan = load_plan_read(&stage3b_args);
	enum load_problem problem;
	struct psw psw;

	stop_on_program_check();
	problem = check(&plan);
	if (problem)
		fail(&plan, problem);
	psw.mask = be64_get(stage3b_args.psw_mask);
	psw.address = be64_get(stage3b_args.psw_address);
	put_in_place(&plan);
	stop_on_program_check_end();
	psw_load(&psw);
}
