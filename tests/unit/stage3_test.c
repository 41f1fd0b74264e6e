/* SPDX-License-Identifier: MIT */
/*
 * What stage 3 decides before it touches anything: whether its parameters, which
 * nobody signed, may be followed; and variables in the command line. See
 * docs/reference/boot-map.md, "Stage 3".
 */
#include "unit.h"

#include <string.h>

#include "stage3/command_line.h"
#include "stage3/start_plan.h"

#define KERNEL_SIZE 0x40000UL
#define COMMAND_LINE 0x51000UL
#define INITRD 0x60000UL

static const struct stage3_parameters good = {
	.command_line = { { 0, 0, 0, 0, 0, 5, 0x10, 0 } },
	.initrd = { { 0, 0, 0, 0, 0, 6, 0, 0 } },
	.initrd_size = { { 0, 0, 0, 0, 0, 0, 0x10, 0 } },
	.kernel_psw = { { 0, 8, 0, 0, 0x80, 1, 0, 0 } },
	.flags = { { 0, 1 } },
	.kernel_size = { { 0, 0, 0, 0, 0, 4, 0, 0 } },
	.kernel = { { 0, 0, 0, 0, 0, 1, 0, 0 } },
	.environment = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
};

/* A report with stage 3, an unsigned component and the kernel. */
static struct ipl_report verified_report(void)
{
	struct ipl_report report = { .component_count = 3 };

	report.components[0] = (struct iirb_component){
		.address = be64(STAGE3_ADDRESS), .length = be64(STAGE3_SIZE_MAX),
		.flags = IIRB_SIGNED | IIRB_VERIFIED,
	};
	report.components[1] = (struct iirb_component){
		.address = be64(STAGE3_PARAMETERS), .length = be64(512),
	};
	report.components[2] = (struct iirb_component){
		.address = be64(KERNEL_IMAGE_ADDRESS), .length = be64(KERNEL_SIZE),
		.flags = IIRB_SIGNED | IIRB_VERIFIED,
	};
	return report;
}

static enum start_problem plan_of(const struct stage3_parameters *parameters,
				  const struct ipl_report *report)
{
	struct start_plan plan;

	return start_plan_make(&plan, parameters, report);
}

/* One field of good parameters replaced: the problem without and with a report. */
#define ASSERT_FIELD(field, value, normal, secure)                         \
	do {                                                               \
		struct stage3_parameters changed = good;                   \
		const struct ipl_report report = verified_report();        \
		changed.field = be64(value);                               \
		assert_int_equal(plan_of(&changed, NULL), normal);         \
		assert_int_equal(plan_of(&changed, &report), secure);      \
	} while (0)

static void good_parameters(void **state)
{
	const struct ipl_report report = verified_report();
	struct start_plan plan;

	(void)state;
	assert_int_equal(start_plan_make(&plan, &good, NULL), START_OK);
	assert_int_equal(plan.kernel_size, KERNEL_SIZE);
	assert_true(plan.has_command_line);
	assert_int_equal(plan.environment_size, 0);
	assert_int_equal(start_plan_make(&plan, &good, &report), START_OK);
	assert_int_equal(plan.initrd, INITRD);
	assert_int_equal(plan.command_line, COMMAND_LINE);
}

/* The file has a signature behind it, of which nothing was loaded. */
static void appended_signature_is_not_moved(void **state)
{
	const struct ipl_report report = verified_report();
	struct stage3_parameters parameters = good;
	struct start_plan plan;

	(void)state;
	parameters.kernel_size = be64(KERNEL_SIZE + 431);
	parameters.command_line = be64(KERNEL_IMAGE_ADDRESS + KERNEL_SIZE);
	assert_int_equal(start_plan_make(&plan, &parameters, &report), START_OK);
	assert_int_equal(plan.kernel_size, KERNEL_SIZE);
	assert_int_equal(start_plan_make(&plan, &parameters, NULL), START_OK);
	parameters.kernel_size = be64(KERNEL_SIZE + SIGNATURE_SIZE_MAX + 40);
	assert_int_equal(plan_of(&parameters, &report), START_OK);
	parameters.kernel_size = be64(KERNEL_SIZE + SIGNATURE_SIZE_MAX + 41);
	assert_int_equal(plan_of(&parameters, &report), START_KERNEL_LONGER);
}

static void forged_kernel(void **state)
{
	(void)state;
	ASSERT_FIELD(kernel, 0x20000, START_KERNEL_ADDRESS, START_KERNEL_ADDRESS);
	ASSERT_FIELD(kernel_psw, KERNEL_PSW + 0x10, START_OK, START_KERNEL_PSW);
	ASSERT_FIELD(kernel_psw, KERNEL_PSW | 1UL << 32, START_OK, START_KERNEL_PSW);
	ASSERT_FIELD(kernel_size, KERNEL_IMAGE_SKIP, START_KERNEL_SMALL, START_KERNEL_SMALL);
	ASSERT_FIELD(kernel_size, 0, START_KERNEL_SMALL, START_KERNEL_SMALL);
	ASSERT_FIELD(kernel_size, UINT64_MAX, START_PART_IN_KERNEL, START_KERNEL_LONGER);
	ASSERT_FIELD(flags, STAGE3_FLAG_KDUMP, START_KDUMP, START_KDUMP);
}

static void forged_parts(void **state)
{
	const uint64_t end = KERNEL_IMAGE_ADDRESS + KERNEL_SIZE;

	(void)state;
	ASSERT_FIELD(initrd, end - 1, START_OK, START_PART_IN_KERNEL);
	ASSERT_FIELD(initrd, end - KERNEL_IMAGE_SKIP - 1, START_PART_IN_KERNEL,
		     START_PART_IN_KERNEL);
	ASSERT_FIELD(initrd, end, START_OK, START_OK);
	ASSERT_FIELD(initrd, KERNEL_IMAGE_ADDRESS - 1, START_PART_LOW, START_PART_LOW);
	ASSERT_FIELD(initrd, UINT64_MAX - 100, START_PART_LONG, START_PART_LONG);
	ASSERT_FIELD(initrd_size, UINT64_MAX, START_PART_LONG, START_PART_LONG);
	ASSERT_FIELD(command_line, end - 1, START_OK, START_PART_IN_KERNEL);
	ASSERT_FIELD(command_line, STAGE3_ADDRESS, START_PART_LOW, START_PART_LOW);
	ASSERT_FIELD(command_line, STAGE3_NONE, START_OK, START_OK);
	/* Without a size there is none, wherever it is said to be. */
	ASSERT_FIELD(environment_size, 4096, START_OK, START_OK);
	ASSERT_FIELD(environment, 0x100, START_OK, START_OK);
}

static void forged_environment(void **state)
{
	const struct ipl_report report = verified_report();
	struct stage3_parameters parameters = good;

	(void)state;
	parameters.environment_size = be64(4096);
	parameters.environment = be64(KERNEL_IMAGE_ADDRESS + KERNEL_SIZE - 1);
	assert_int_equal(plan_of(&parameters, &report), START_PART_IN_KERNEL);
	parameters.environment = be64(0x9000);
	assert_int_equal(plan_of(&parameters, &report), START_PART_LOW);
	parameters.environment = be64(0x70000);
	assert_int_equal(plan_of(&parameters, &report), START_OK);
}

static void kernel_must_be_verified(void **state)
{
	struct ipl_report report = verified_report();

	(void)state;
	report.components[2].flags = IIRB_SIGNED;
	assert_int_equal(plan_of(&good, &report), START_KERNEL_UNVERIFIED);
	report.components[2].flags = IIRB_VERIFIED;
	assert_int_equal(plan_of(&good, &report), START_KERNEL_UNVERIFIED);
	report.components[2].flags = IIRB_SIGNED | IIRB_VERIFIED;
	report.components[2].address = be64(KERNEL_IMAGE_ADDRESS - 1);
	assert_int_equal(plan_of(&good, &report), START_KERNEL_UNVERIFIED);
	report.components[2].address = be64(KERNEL_IMAGE_ADDRESS);
	report.component_count = 2;
	assert_int_equal(plan_of(&good, &report), START_KERNEL_UNVERIFIED);
}

static void problems_have_words(void **state)
{
	(void)state;
	for (enum start_problem p = START_KDUMP; p <= START_COMMAND_LINE_LONG; p++) {
		assert_true(strlen(start_problem_text(p)) > 0);
		assert_true(strlen(start_problem_remedy(p)) > 0);
	}
}

/* --- Command line -------------------------------------------------------------------- */

#define HEADER "# zIPL Environment Block\n"
static const char environment[] =
	HEADER "root=/dev/dasda1\nempty=\n1root=/dev/dasdb1\n=nameless\ntail=end\n";

static void assert_expanded(const char *before, char site, const char *after)
{
	char line[64];

	strcpy(line, before);
	assert_true(command_line_expand(line, sizeof(line), environment,
					sizeof(environment), site));
	assert_string_equal(line, after);
}

static void variables_are_replaced(void **state)
{
	(void)state;
	assert_expanded("", 0, "");
	assert_expanded("quiet $ $x {a} $", 0, "quiet $ $x {a} $");
	assert_expanded("root=${root} quiet", 0, "root=/dev/dasda1 quiet");
	assert_expanded("root=${root} quiet", '1', "root=/dev/dasdb1 quiet");
	assert_expanded("root=${root} quiet", '2', "root=/dev/dasda1 quiet");
	assert_expanded("${tail}${empty}${tail}", '1', "endend");
	assert_expanded("a${none}b${}c", 0, "abc");
	assert_expanded("a${none", 0, "a${none");
	assert_expanded("${1root}", 0, "/dev/dasdb1");
}

static void line_must_hold_the_values(void **state)
{
	char line[17] = "root=${root}";

	(void)state;
	assert_true(command_line_expand(line, 17, environment, sizeof(environment), 0));
	assert_string_equal(line, "root=/dev/dasda1");
	strcpy(line, "root=${root}");
	assert_false(command_line_expand(line, 16, environment, sizeof(environment), 0));
	assert_string_equal(line, "root=${root}");
}

/* The block is not signed either: no byte behind it may be looked at. */
static void environment_may_be_damaged(void **state)
{
	static const char *const blocks[] = {
		"", "# zIPL", "# zIPL Environment Block", "# other\nroot=1\n",
		HEADER, HEADER "root", HEADER "\n\n\n", HEADER "=", HEADER "roo=t",
	};
	char line[32];

	(void)state;
	for (unsigned i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		strcpy(line, "a${root}b");
		assert_true(command_line_expand(line, sizeof(line), blocks[i],
						strlen(blocks[i]), 0));
		assert_string_equal(line, "ab");
	}
	/* The last value ends where the block does. */
	strcpy(line, "a${root}b");
	assert_true(command_line_expand(line, sizeof(line), HEADER "root=123",
					sizeof(HEADER "root=12") - 1, 0));
	assert_string_equal(line, "a12b");
}

static void assert_site(const char *ebcdic, unsigned ssid, char site)
{
	struct iplb iplb = { .block_flags = IPLB_LOADPARM_VALID };

	memcpy(iplb.loadparm, ebcdic, IPLB_LOADPARM_SIZE);
	assert_int_equal(site_of(&iplb, ssid), site);
	iplb.block_flags = 0;
	assert_int_equal(site_of(&iplb, ssid), 0);
}

static void load_parameter_selects_a_site(void **state)
{
	(void)state;
	assert_site("\x40\x40\x40\x40\x40\x40\x40\x40", 1, 0);
	assert_site("\xe2\xf1\x40\x40\x40\x40\x40\x40", 0, '1');
	assert_site("\xf2\xe2\xf9\x40\x40\x40\x40\x40", 0, '9');
	assert_site("\xe2\xe2\x40\x40\x40\x40\x40\x40", 3, '3');
	assert_site("\xe2\x40\x40\x40\x40\x40\x40\x40", 3, 0);
	assert_site("\x40\x40\x40\x40\x40\x40\x40\xe2", 3, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_parameters),
		cmocka_unit_test(appended_signature_is_not_moved),
		cmocka_unit_test(forged_kernel),
		cmocka_unit_test(forged_parts),
		cmocka_unit_test(forged_environment),
		cmocka_unit_test(kernel_must_be_verified),
		cmocka_unit_test(problems_have_words),
		cmocka_unit_test(variables_are_replaced),
		cmocka_unit_test(line_must_hold_the_values),
		cmocka_unit_test(environment_may_be_damaged),
		cmocka_unit_test(load_parameter_selects_a_site),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
