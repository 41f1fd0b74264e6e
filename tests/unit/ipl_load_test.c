/* SPDX-License-Identifier: MIT */
/* What each mode makes of good and bad disks. See docs/reference/boot-map.md. */
#include "unit.h"

#include <string.h>

#include "ipl_fixture.h"

/* Entries of the golden disk's component table and of its report. */
enum { ENTRY_SIGNATURE = 2, ENTRY_KERNEL = 6 };
enum { REPORT_STAGE3 = 2, REPORT_KERNEL = 4, REPORT_EXEC = 6, REPORT_COUNT = 7 };

static uint32_t cei(const struct ipl_world *world, unsigned component)
{
	return be32_get(ipl_report_of(world)->components[component].cei);
}

/* --- The golden disk -------------------------------------------------------------- */

static void assert_component(const struct iirb_component *component, uint64_t address,
			     uint64_t length, uint8_t flags)
{
	assert_int_equal(be64_get(component->address), address);
	assert_int_equal(be64_get(component->length), length);
	assert_int_equal(component->flags, flags);
	assert_int_equal(be16_get(component->certificate), 0);
	assert_int_equal(be32_get(component->cei), 0);
}

static void assert_golden_report(const struct ipl_world *world, uint32_t block_size)
{
	const uint8_t verified = IIRB_SIGNED | IIRB_VERIFIED;
	const struct ipl_report *report = ipl_report_of(world);

	assert_int_equal(report->iiei, 0);
	assert_int_equal(report->component_count, REPORT_COUNT);
	assert_component(&report->components[0], STAGE3_HEAP, STAGE3_HEAP_SIZE, 0);
	assert_component(&report->components[1], STAGE3_STACK, STAGE3_STACK_SIZE, 0);
	assert_component(&report->components[2], STAGE3_ADDRESS, IPL_STAGE3_SIZE, verified);
	assert_component(&report->components[3], STAGE3_PARAMETERS, block_size, 0);
	assert_component(&report->components[4], KERNEL_IMAGE_ADDRESS, IPL_KERNEL_SIZE, verified);
	assert_component(&report->components[5], 0x20000, block_size, 0);
	assert_component(&report->components[6], STAGE3_PSW, 0, 0);
	/* One certificate for both, and it lies where the report says. */
	assert_int_equal(report->certificate_count, 1);
	assert_int_equal(be64_get(report->certificates[0].address), IPL_CERTIFICATES);
	assert_int_equal(be64_get(report->certificates[0].length), world->certificate_size);
	assert_int_equal(world->storage[IPL_CERTIFICATES], 0xc5);
	assert_int_equal(world->certificates_given, 1);
}

static void golden_disk_boots_in_every_mode(void **state)
{
	static const enum ipl_mode modes[] = { IPL_AUDIT, IPL_SECURE };

	(void)state;
	for (uint32_t block_size = 512; block_size <= 4096; block_size *= 2) {
		struct ipl_world *world = ipl_golden(block_size);

		assert_int_equal(ipl_run(world, IPL_NORMAL), LOAD_DONE);
		assert_int_equal(world->load.psw, STAGE3_PSW);
		assert_int_equal(world->load.report_size, 0);
		assert_int_equal(world->message_count, 0);
		assert_string_equal((char *)world->storage + 0x20000, "quiet");
		for (unsigned i = 0; i < 2; i++) {
			world->certificates_given = 0;
			assert_int_equal(ipl_run(world, modes[i]), LOAD_DONE);
			assert_int_equal(world->load.psw, STAGE3_PSW);
			assert_int_equal(ipl_count(world, LOAD_VERIFIED), 2);
			assert_int_equal(world->message_count, 2);
			assert_golden_report(world, block_size);
		}
		ipl_world_free(world);
	}
}

/* --- One mutation per indicator ---------------------------------------------------- */

struct mutation {
	struct ipl_attributes stage3, kernel;
	uint64_t exec; /* 0 = STAGE3_PSW */
	enum ipl_problem problem;
	unsigned component; /* of the report, to which ->cei belongs */
	uint32_t cei;
	uint16_t iiei;
};

#define STAGE3_WITH(...) { SCLAB_OPSW | SCLAB_OLA, STAGE3_PSW, STAGE3_ADDRESS, __VA_ARGS__ }
#define GLOBAL_OK STAGE3_WITH(0)

static const struct mutation mutations[] = {
	{ GLOBAL_OK, { .no_magic = true }, 0, IPL_PROBLEM_SCLAB_MAGIC, REPORT_KERNEL,
	  CEI_NO_SCLAB, 0 },
	{ GLOBAL_OK, { .length = 31 }, 0, IPL_PROBLEM_SCLAB_LENGTH, REPORT_KERNEL,
	  CEI_NO_SCLAB | CEI_SCLAB_LENGTH, 0 },
	{ GLOBAL_OK, { .length = IPL_KERNEL_SIZE + 1 }, 0, IPL_PROBLEM_SCLAB_LENGTH,
	  REPORT_KERNEL, CEI_NO_SCLAB | CEI_SCLAB_LENGTH, 0 },
	{ GLOBAL_OK, { .format = 1 }, 0, IPL_PROBLEM_SCLAB_FORMAT, REPORT_KERNEL,
	  CEI_SCLAB_FORMAT, 0 },
	{ GLOBAL_OK, { .psw = 8 }, 0, IPL_PROBLEM_PSW_NOT_ZERO, REPORT_KERNEL,
	  CEI_PSW_NOT_ZERO, 0 },
	{ GLOBAL_OK, { SCLAB_OPSW | SCLAB_OLA, STAGE3_PSW, KERNEL_IMAGE_ADDRESS }, 0,
	  IPL_PROBLEM_GLOBAL_SCLABS, REPORT_KERNEL, 0, IIEI_GLOBAL_SCLABS },
	{ { SCLAB_OPSW, STAGE3_PSW, 0 }, { 0 }, 0, IPL_PROBLEM_NO_OLA, REPORT_STAGE3,
	  CEI_NO_OLA, 0 },
	{ GLOBAL_OK, { .address = 0x10000 }, 0, IPL_PROBLEM_ADDRESS_NOT_ZERO, REPORT_KERNEL,
	  CEI_ADDRESS_NOT_ZERO, 0 },
	{ GLOBAL_OK, { SCLAB_OLA, 0, 0x11000 }, 0, IPL_PROBLEM_LOAD_ADDRESS, REPORT_KERNEL,
	  CEI_LOAD_ADDRESS, 0 },
	{ GLOBAL_OK, { SCLAB_NUC, 0, 0 }, 0, IPL_PROBLEM_NUC_NOT_GLOBAL, REPORT_KERNEL,
	  CEI_NUC_NOT_GLOBAL, 0 },
	{ GLOBAL_OK, { SCLAB_SC, 0, 0 }, 0, IPL_PROBLEM_SC_NOT_GLOBAL, REPORT_KERNEL,
	  CEI_SC_NOT_GLOBAL, 0 },
	{ { 0 }, { 0 }, 0, IPL_PROBLEM_NO_GLOBAL_SCLAB, REPORT_EXEC, 0, IIEI_NO_GLOBAL_SCLAB },
	/* Another address, but still a signed one. */
	{ GLOBAL_OK, { 0 }, STAGE3_PSW + 8, IPL_PROBLEM_LOAD_PSW, REPORT_EXEC, CEI_LOAD_PSW, 0 },
	/* The same address, and another bit. */
	{ GLOBAL_OK, { 0 }, STAGE3_PSW | 1UL << 32, IPL_PROBLEM_LOAD_PSW, REPORT_EXEC,
	  CEI_LOAD_PSW, 0 },
	/* Into what is not signed; the last byte of what is would be half an instruction. */
	{ GLOBAL_OK, { 0 }, SHORT_PSW_MASK | 0x20000, IPL_PROBLEM_PSW_UNSIGNED, REPORT_EXEC,
	  CEI_PSW_UNSIGNED | CEI_LOAD_PSW, 0 },
	{ GLOBAL_OK, { 0 }, SHORT_PSW_MASK | (STAGE3_ADDRESS + IPL_STAGE3_SIZE - 1),
	  IPL_PROBLEM_PSW_UNSIGNED, REPORT_EXEC, CEI_PSW_UNSIGNED | CEI_LOAD_PSW, 0 },
	{ { SCLAB_OPSW | SCLAB_OLA, SHORT_PSW_MASK | 0x20000, STAGE3_ADDRESS }, { 0 }, 0,
	  IPL_PROBLEM_PSW_UNSIGNED, REPORT_EXEC, CEI_PSW_UNSIGNED | CEI_LOAD_PSW, 0 },
	{ { SCLAB_OPSW | SCLAB_OLA | SCLAB_NUC, STAGE3_PSW, STAGE3_ADDRESS }, { 0 }, 0,
	  IPL_PROBLEM_UNSIGNED, REPORT_EXEC, 0, IIEI_UNSIGNED },
	{ { SCLAB_OPSW | SCLAB_OLA | SCLAB_SC, STAGE3_PSW, STAGE3_ADDRESS }, { 0 }, 0,
	  IPL_PROBLEM_NOT_SINGLE, REPORT_EXEC, 0, IIEI_NOT_SINGLE },
};

static struct ipl_world *mutated(const struct mutation *mutation)
{
	struct ipl_world *world = ipl_world_new(512);

	ipl_add_program(world, &mutation->stage3, &mutation->kernel);
	ipl_add_exec(world, mutation->exec ? mutation->exec : STAGE3_PSW);
	ipl_write_tables(world);
	return world;
}

static void each_attribute_has_its_indicator(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(mutations) / sizeof(mutations[0]); i++) {
		const struct mutation *mutation = &mutations[i];
		struct ipl_world *world = mutated(mutation);

		print_message("# %s\n", ipl_problem_facts(mutation->problem)->text);
		assert_int_equal(ipl_run(world, IPL_NORMAL), LOAD_DONE);
		assert_int_equal(ipl_run(world, IPL_AUDIT), LOAD_DONE);
		assert_true(ipl_told(world, LOAD_WARNING, mutation->problem));
		assert_int_equal(ipl_report_of(world)->iiei, mutation->iiei);
		for (unsigned c = 0; c < REPORT_COUNT; c++)
			assert_int_equal(cei(world, c),
					 c == mutation->component ? mutation->cei : 0);
		assert_int_equal(ipl_count(world, LOAD_VERIFIED), 2);
		assert_int_equal(ipl_run(world, IPL_SECURE), LOAD_STOP);
		assert_true(ipl_told(world, LOAD_STOPPED, mutation->problem));
		assert_int_equal(world->messages[world->message_count - 1].problem,
				 mutation->problem);
		ipl_world_free(world);
	}
}

/* A lone signed component may forbid all others. */
static void flags_about_others_can_be_met(void **state)
{
	static const struct ipl_attributes single = {
		SCLAB_OPSW | SCLAB_OLA | SCLAB_NUC | SCLAB_SC, STAGE3_PSW, STAGE3_ADDRESS,
	};
	static uint8_t content[IPL_STAGE3_SIZE];
	struct ipl_world *world = ipl_world_new(512);

	(void)state;
	ipl_fill(content, sizeof(content), &single);
	ipl_add_signed(world, STAGE3_ADDRESS, content, sizeof(content), 0);
	ipl_add_exec(world, STAGE3_PSW);
	ipl_write_tables(world);
	assert_int_equal(ipl_run(world, IPL_SECURE), LOAD_DONE);
	assert_int_equal(ipl_report_of(world)->iiei, 0);
	ipl_world_free(world);
}

/* Bits 04 and 08 of a PSW at the last whole instruction are clear. */
static void last_instruction_is_signed(void **state)
{
	const uint64_t psw = SHORT_PSW_MASK | (STAGE3_ADDRESS + IPL_STAGE3_SIZE - 2);
	const struct mutation mutation = {
		.stage3 = { SCLAB_OPSW | SCLAB_OLA, psw, STAGE3_ADDRESS }, .exec = psw,
	};
	struct ipl_world *world = mutated(&mutation);

	(void)state;
	assert_int_equal(ipl_run(world, IPL_SECURE), LOAD_DONE);
	assert_int_equal(cei(world, REPORT_EXEC), 0);
	ipl_world_free(world);
}

/* --- The decision table ------------------------------------------------------------- */

static void unsigned_disk(void **state)
{
	struct ipl_world *world = ipl_world_new(512);

	(void)state;
	ipl_add_zeros(world, STAGE3_ADDRESS, IPL_STAGE3_SIZE);
	ipl_add_zeros(world, KERNEL_IMAGE_ADDRESS, IPL_KERNEL_SIZE);
	ipl_add_exec(world, STAGE3_PSW);
	ipl_write_tables(world);
	ipl_assert_outcome(world, &ipl_warned, IPL_PROBLEM_NOTHING_SIGNED);
	assert_int_equal(world->message_count, 1);
	assert_int_equal(ipl_run(world, IPL_AUDIT), LOAD_DONE);
	assert_int_equal(ipl_report_of(world)->iiei,
			 IIEI_NOTHING_SIGNED | IIEI_NO_SCLAB | IIEI_NO_GLOBAL_SCLAB);
	assert_int_equal(ipl_report_of(world)->certificate_count, 0);
	assert_int_equal(ipl_count(world, LOAD_WARNING), 3);
	ipl_world_free(world);
}

/* As a bit flip on the disk, or a key that is not in the store. */
static void modified_kernel(void **state)
{
	struct ipl_world *world = ipl_golden(512);

	(void)state;
	ipl_data(world, ENTRY_KERNEL)[IPL_KERNEL_SIZE / 2] ^= 0x10;
	ipl_assert_outcome(world, &ipl_warned, IPL_PROBLEM_NOT_VERIFIED);
	assert_int_equal(ipl_count(world, LOAD_VERIFIED), 1);
	assert_int_equal(ipl_run(world, IPL_AUDIT), LOAD_DONE);
	assert_int_equal(ipl_report_of(world)->components[REPORT_KERNEL].flags, IIRB_SIGNED);
	ipl_world_free(world);
}

/* Its signature verifies, but the certificate is not given out. */
static void expired_certificate(void **state)
{
	struct ipl_world *world = ipl_golden(512);

	(void)state;
	world->certificate_answer = LOAD_CERTIFICATE_NONE;
	ipl_assert_outcome(world, &ipl_failed, IPL_PROBLEM_CERTIFICATE);
	ipl_world_free(world);
}

static void signed_component_without_sclab(void **state)
{
	static uint8_t initrd[2048];
	struct ipl_world *world = ipl_world_new(512);

	(void)state;
	ipl_add_program(world, &ipl_stage3_attributes, &ipl_kernel_attributes);
	ipl_add_signed(world, 0x30000, initrd, sizeof(initrd), 5);
	ipl_add_exec(world, STAGE3_PSW);
	ipl_write_tables(world);
	ipl_assert_outcome(world, &ipl_warned, IPL_PROBLEM_SCLAB_MAGIC);
	ipl_world_free(world);
}

static void two_signatures_in_a_row(void **state)
{
	struct ipl_world *world = ipl_world_new(512);

	(void)state;
	ipl_add_program(world, &ipl_stage3_attributes, &ipl_kernel_attributes);
	world->entries[world->entry_count++] = world->entries[ENTRY_SIGNATURE];
	world->entries[world->entry_count++] = world->entries[ENTRY_SIGNATURE];
	ipl_add_zeros(world, 0x30000, 512);
	ipl_add_exec(world, STAGE3_PSW);
	ipl_write_tables(world);
	ipl_assert_outcome(world, &ipl_failed, IPL_PROBLEM_SIGNATURE_TWICE);
	ipl_world_free(world);
}

/* An old stage 3. */
static void stage3_without_sclab(void **state)
{
	const struct mutation mutation = { .stage3 = { .no_magic = true } };
	struct ipl_world *world = mutated(&mutation);

	(void)state;
	ipl_assert_outcome(world, &ipl_warned, IPL_PROBLEM_SCLAB_MAGIC);
	assert_int_equal(ipl_run(world, IPL_AUDIT), LOAD_DONE);
	assert_true(ipl_told(world, LOAD_WARNING, IPL_PROBLEM_NO_GLOBAL_SCLAB));
	ipl_world_free(world);
}

static void other_layouts(void **state)
{
	static const struct {
		size_t at;
		uint8_t bytes[6];
		enum ipl_problem problem;
	} layouts[] = {
		{ 1024, { 0xe5, 0xd6, 0xd3, 0xf1 }, IPL_PROBLEM_ECKD },
		{ 1024, { 0xd3, 0xd5, 0xe7, 0xf1 }, IPL_PROBLEM_ECKD },
		{ 1024, { 0xc3, 0xd4, 0xe2, 0xf1 }, IPL_PROBLEM_ECKD },
		{ 32769, { 'C', 'D', '0', '0', '1' }, IPL_PROBLEM_ISO },
	};
	static const struct ipl_outcome outcome = { LOAD_TRY_NEXT, LOAD_STOP, LOAD_STOP };
	static const struct ipl_outcome nothing = { LOAD_TRY_NEXT, LOAD_TRY_NEXT, LOAD_TRY_NEXT };

	(void)state;
	for (unsigned i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		struct ipl_world *world = ipl_world_new(512);

		memcpy(world->bytes + layouts[i].at, layouts[i].bytes, 6);
		ipl_assert_outcome(world, &outcome, layouts[i].problem);
		ipl_world_free(world);
	}
	struct ipl_world *world = ipl_world_new(512);
	ipl_assert_outcome(world, &nothing, IPL_PROBLEM_NO_BOOT_RECORD);
	ipl_world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_disk_boots_in_every_mode),
		cmocka_unit_test(each_attribute_has_its_indicator),
		cmocka_unit_test(flags_about_others_can_be_met),
		cmocka_unit_test(last_instruction_is_signed),
		cmocka_unit_test(unsigned_disk),
		cmocka_unit_test(modified_kernel),
		cmocka_unit_test(expired_certificate),
		cmocka_unit_test(signed_component_without_sclab),
		cmocka_unit_test(two_signatures_in_a_row),
		cmocka_unit_test(stage3_without_sclab),
		cmocka_unit_test(other_layouts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
