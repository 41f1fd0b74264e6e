/* SPDX-License-Identifier: MIT */
/* Which arguments stage3b takes, and which it refuses. */
#include <string.h>

#include "boot/load_plan.h"
#include "image/layout.h"
#include "unit.h"

/* As image creators lay an image out: kernel, initrd, command line, loader. */
static const struct load_plan usual = {
	.kernel = { 0x15000, 0x20abc },
	.initrd = { 0x36000, 0x2710 },
	.cmdline = { 0x39000, 20 },
	.loader = { 0x3a000, 0x1200 },
};

static void usual_layouts_are_taken(void **state)
{
	struct load_plan plan = usual;

	(void)state;
	assert_int_equal(load_plan_check(&plan), LOAD_OK);
	assert_int_equal(load_plan_check_cmdline(&plan, 4096), LOAD_OK);
	assert_int_equal(load_plan_check_cmdline(&plan, 0), LOAD_OK);

	/* The older order: kernel, command line, initrd, loader. */
	plan.cmdline.start = 0x36000;
	plan.initrd.start = 0x37000;
	assert_int_equal(load_plan_check(&plan), LOAD_OK);
	assert_int_equal(load_plan_check_cmdline(&plan, 4096), LOAD_OK);

	/* A kernel alone. */
	plan.cmdline = plan.initrd = (struct range){ 0, 0 };
	assert_int_equal(load_plan_check(&plan), LOAD_OK);

	/* Addresses of parts that are not there do not count. */
	plan.cmdline.start = plan.initrd.start = 0x3a000;
	assert_int_equal(load_plan_check(&plan), LOAD_OK);
}

static void kernels_have_64_kib(void **state)
{
	static const uint64_t small[] = { 0, 1, 0xffff };
	struct load_plan plan = usual;

	(void)state;
	for (size_t i = 0; i < sizeof(small) / sizeof(small[0]); i++) {
		plan.kernel.size = small[i];
		assert_int_equal(load_plan_check(&plan), LOAD_KERNEL_TOO_SMALL);
	}
	plan.kernel.size = 0x10000;
	assert_int_equal(load_plan_check(&plan), LOAD_OK);
}

static struct range *part_of(struct load_plan *plan, int which)
{
	struct range *const parts[] = { &plan->kernel, &plan->cmdline, &plan->initrd };

	return parts[which];
}

static void no_part_wraps_around(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct load_plan plan = usual;
		struct range *part = part_of(&plan, i);

		part->size = UINT64_MAX;
		assert_int_equal(load_plan_check(&plan), LOAD_PART_TOO_LONG);
		*part = (struct range){ UINT64_MAX - 0x10000, 0x20000 };
		assert_int_equal(load_plan_check(&plan), LOAD_PART_TOO_LONG);
	}
}

static void no_part_lies_in_working_storage(void **state)
{
	static const uint64_t low[] = { 0, 0x2000, 0xf000, 0xffff };

	(void)state;
	for (int i = 0; i < 3; i++) {
		for (size_t j = 0; j < sizeof(low) / sizeof(low[0]); j++) {
			struct load_plan plan = usual;

			part_of(&plan, i)->start = low[j];
			assert_int_equal(load_plan_check(&plan), LOAD_PART_TOO_LOW);
		}
	}
}

static void no_part_overlaps_the_loader(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct load_plan plan = usual;
		struct range *part = part_of(&plan, i);

		part->start = 0x3a000;
		assert_int_equal(load_plan_check(&plan), LOAD_PART_IN_LOADER);
		part->start = 0x3a000 - part->size + 1; /* its last byte */
		assert_int_equal(load_plan_check(&plan), LOAD_PART_IN_LOADER);
		part->start = 0x3b1ff; /* the loader's last byte */
		assert_int_equal(load_plan_check(&plan), LOAD_PART_IN_LOADER);
		part->start = 0x3b200;
		assert_int_equal(load_plan_check(&plan), LOAD_OK);
	}
}

/* The kernel goes to 0x10000 up to its size; what lies there is lost. */
static void the_kernel_covers_no_other_part(void **state)
{
	struct load_plan plan = usual;

	(void)state;
	plan.kernel.start = 0x100000;
	plan.kernel.size = 0x36001;
	assert_int_equal(load_plan_check(&plan), LOAD_KERNEL_OVERWRITES);
	plan.kernel.size = 0x36000;
	assert_int_equal(load_plan_check(&plan), LOAD_OK);

	plan.initrd.size = 0;
	plan.kernel.size = 0x39001;
	assert_int_equal(load_plan_check(&plan), LOAD_KERNEL_OVERWRITES);
	plan.cmdline.size = 0;
	assert_int_equal(load_plan_check(&plan), LOAD_OK);

	plan.kernel.size = 0x3a001;
	assert_int_equal(load_plan_check(&plan), LOAD_KERNEL_OVERWRITES);
	plan.kernel.size = 0x3a000;
	assert_int_equal(load_plan_check(&plan), LOAD_OK);
}

static void command_lines_fit_the_kernel(void **state)
{
	struct load_plan plan = usual;

	(void)state;
	plan.cmdline.size = 896;
	assert_int_equal(load_plan_check_cmdline(&plan, 0), LOAD_OK);
	assert_int_equal(load_plan_check_cmdline(&plan, 896), LOAD_OK);
	assert_int_equal(load_plan_check_cmdline(&plan, 895), LOAD_CMDLINE_TOO_LONG);
	plan.cmdline.size = 897;
	assert_int_equal(load_plan_check_cmdline(&plan, 0), LOAD_CMDLINE_TOO_LONG);
	assert_int_equal(load_plan_check_cmdline(&plan, 4096), LOAD_OK);
}

/* A kernel may announce anything. */
static void command_lines_cover_no_other_part(void **state)
{
	struct load_plan plan = usual;

	(void)state;
	plan.cmdline = (struct range){ 0x100000, 0x36000 - 0x10480 };
	assert_int_equal(load_plan_check_cmdline(&plan, UINT64_MAX), LOAD_OK);
	plan.cmdline.size++; /* reaches the initrd */
	assert_int_equal(load_plan_check_cmdline(&plan, UINT64_MAX),
			 LOAD_CMDLINE_OVERWRITES);
	plan.initrd.size = 0;
	plan.cmdline.size = 0x3a000 - 0x10480 + 1; /* reaches the loader */
	assert_int_equal(load_plan_check_cmdline(&plan, UINT64_MAX),
			 LOAD_CMDLINE_OVERWRITES);
	plan.cmdline = (struct range){ 0x10500, 0x81 }; /* reaches itself */
	assert_int_equal(load_plan_check_cmdline(&plan, UINT64_MAX),
			 LOAD_CMDLINE_OVERWRITES);
	plan.cmdline = (struct range){ 0, UINT64_MAX };
	assert_int_equal(load_plan_check_cmdline(&plan, UINT64_MAX),
			 LOAD_CMDLINE_OVERWRITES);
}

static void each_problem_has_its_own_text(void **state)
{
	(void)state;
	for (int a = LOAD_OK; a <= LOAD_CMDLINE_NO_NUL; a++) {
		assert_true(strlen(load_problem_text((enum load_problem)a)) > 10);
		for (int b = LOAD_OK; b < a; b++)
			assert_string_not_equal(load_problem_text((enum load_problem)a),
						load_problem_text((enum load_problem)b));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(usual_layouts_are_taken),
		cmocka_unit_test(kernels_have_64_kib),
		cmocka_unit_test(no_part_wraps_around),
		cmocka_unit_test(no_part_lies_in_working_storage),
		cmocka_unit_test(no_part_overlaps_the_loader),
		cmocka_unit_test(the_kernel_covers_no_other_part),
		cmocka_unit_test(command_lines_fit_the_kernel),
		cmocka_unit_test(command_lines_cover_no_other_part),
		cmocka_unit_test(each_problem_has_its_own_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
