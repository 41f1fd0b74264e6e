/* SPDX-License-Identifier: MIT */
/* IPL parameter block, SCLAB and IPL report as bytes. */
#include "unit.h"

#include <string.h>

#include "ipl/iplb.h"
#include "ipl/problem.h"
#include "ipl/report.h"
#include "ipl/sclab.h"

/* --- IPL parameter block --------------------------------------------------------- */

static void mode_is_in_the_flags(void **state)
{
	struct iplb iplb = { 0 };

	(void)state;
	assert_int_equal(iplb_mode(&iplb), IPL_NORMAL);
	iplb.flags = IPLB_REPORT;
	assert_int_equal(iplb_mode(&iplb), IPL_AUDIT);
	iplb.flags = IPLB_REPORT | IPLB_SECURE;
	assert_int_equal(iplb_mode(&iplb), IPL_SECURE);
	iplb.flags = IPLB_SECURE;
	assert_int_equal(iplb_mode(&iplb), IPL_NORMAL);
	assert_string_equal(ipl_mode_name(IPL_NORMAL), "normal");
	assert_string_equal(ipl_mode_name(IPL_AUDIT), "audit");
	assert_string_equal(ipl_mode_name(IPL_SECURE), "secure");
}

static void assert_loadparm(const char *ebcdic, unsigned program, bool menu)
{
	struct iplb iplb = { .block_flags = IPLB_LOADPARM_VALID };

	memcpy(iplb.loadparm, ebcdic, IPLB_LOADPARM_SIZE);
	assert_int_equal(iplb_program(&iplb), program);
	assert_int_equal(iplb_wants_menu(&iplb), menu);
	iplb.block_flags = 0;
	assert_int_equal(iplb_program(&iplb), 0);
	assert_false(iplb_wants_menu(&iplb));
}

static void load_parameter_names_a_program(void **state)
{
	(void)state;
	assert_loadparm("\x40\x40\x40\x40\x40\x40\x40\x40", 0, false);
	assert_loadparm("\0\0\0\0\0\0\0", 0, false);
	assert_loadparm("\xf7\x40\x40\x40\x40\x40\x40\x40", 7, false);
	assert_loadparm("\xf3\xf1\x40\x40\x40\x40\x40\x40", 31, false);
	assert_loadparm("\xf9\xf9\xf9\xf9\xf9\xf9\xf9\xf9", 99999999, false);
	assert_loadparm("\xf1\xc1\x40\x40\x40\x40\x40\x40", 0, false);
	assert_loadparm("\xd7\xd9\xd6\xd4\xd7\xe3\x40\x40", 0, true);
	assert_loadparm("\xd7\xd9\xd6\xd4\xd7\xe3\xe2\x40", 0, false);
	assert_loadparm("\xd7\xd9\xd6\xd4\xd7\x40\x40\x40", 0, false);
}

/* --- SCLAB -------------------------------------------------------------------------- */

static void component_needs_room_for_an_sclab(void **state)
{
	static const uint8_t end[] = { 0, 0, 0, 32, 'z', 'I', 'P', 'L' };
	uint8_t bytes[64] = { 0 };
	struct sclab sclab;

	(void)state;
	memcpy(bytes + 56, end, sizeof(end));
	assert_int_equal(sclab_find(bytes + 57, 7, &sclab), IPL_PROBLEM_SCLAB_TOO_SHORT);
	assert_int_equal(sclab_find(bytes, 0, &sclab), IPL_PROBLEM_SCLAB_TOO_SHORT);
	assert_int_equal(sclab_find(bytes + 33, 31, &sclab), IPL_PROBLEM_SCLAB_LENGTH);
	assert_int_equal(sclab_find(bytes + 32, 32, &sclab), IPL_OK);
	assert_int_equal(sclab_find(bytes, 63, &sclab), IPL_PROBLEM_SCLAB_MAGIC);
	bytes[59] = 65;
	assert_int_equal(sclab_find(bytes, 64, &sclab), IPL_PROBLEM_SCLAB_LENGTH);
	bytes[59] = 64;
	bytes[2] = 0xc0;
	assert_int_equal(sclab_find(bytes, 64, &sclab), IPL_OK);
	assert_true(sclab_is_global(&sclab));
}

/* One component can break every rule at once, in a fixed order. */
static void findings_keep_their_order(void **state)
{
	const struct sclab_place place = { 0x10000, true };
	struct sclab sclab = {
		.format = 1, .flags = be16(SCLAB_OPSW | SCLAB_NUC | SCLAB_SC),
		.load_address = be64(8),
	};
	struct sclab_findings findings;

	(void)state;
	sclab_check(&sclab, &place, &findings);
	assert_int_equal(findings.count, 4);
	assert_int_equal(findings.problems[0], IPL_PROBLEM_SCLAB_FORMAT);
	assert_int_equal(findings.problems[1], IPL_PROBLEM_GLOBAL_SCLABS);
	assert_int_equal(findings.problems[2], IPL_PROBLEM_NO_OLA);
	assert_int_equal(findings.problems[3], IPL_PROBLEM_ADDRESS_NOT_ZERO);
	sclab.flags = be16(SCLAB_OLA | SCLAB_NUC | SCLAB_SC);
	sclab.load_psw = be64(1);
	sclab_check(&sclab, &place, &findings);
	assert_int_equal(findings.count, 5);
	assert_int_equal(findings.problems[1], IPL_PROBLEM_PSW_NOT_ZERO);
	assert_int_equal(findings.problems[2], IPL_PROBLEM_LOAD_ADDRESS);
	assert_int_equal(findings.problems[3], IPL_PROBLEM_NUC_NOT_GLOBAL);
	assert_int_equal(findings.problems[4], IPL_PROBLEM_SC_NOT_GLOBAL);
}

/* --- IPL report ---------------------------------------------------------------------- */

static struct ipl_report made, read_back;
static uint8_t bytes[IIRB_SIZE_MAX];

static void make(unsigned components, unsigned certificates)
{
	memset(&made, 0, sizeof(made));
	made.iiei = IIEI_UNSIGNED;
	made.component_count = components;
	made.certificate_count = certificates;
	for (unsigned i = 0; i < components; i++)
		made.components[i] = (struct iirb_component){
			.address = be64(i * 0x1000UL), .length = be64(i), .flags = IIRB_SIGNED,
			.cei = be32(i << 20),
		};
	for (unsigned i = 0; i < certificates; i++)
		made.certificates[i] = (struct iirb_certificate){ be64(i + 1), be64(i + 2) };
}

static void assert_same(void)
{
	assert_int_equal(read_back.iiei, made.iiei);
	assert_int_equal(read_back.component_count, made.component_count);
	assert_int_equal(read_back.certificate_count, made.certificate_count);
	assert_memory_equal(read_back.components, made.components,
			    made.component_count * sizeof(made.components[0]));
	assert_memory_equal(read_back.certificates, made.certificates,
			    made.certificate_count * sizeof(made.certificates[0]));
}

static void report_has_known_bytes(void **state)
{
	static const uint8_t expected[] = {
		0, 0, 0, 0x60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		/* components */
		0, 0, 0, 0x30, 2, 0, 0, 0, 0x08, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0x20, 0,
		0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0,
		/* certificates */
		0, 0, 0, 0x20, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2,
	};

	(void)state;
	make(1, 1);
	made.components[0] = (struct iirb_component){
		.address = be64(0x1000), .length = be64(0x2000),
		.flags = IIRB_SIGNED | IIRB_VERIFIED, .cei = be32(CEI_UNSIGNED_LOW),
	};
	assert_int_equal(ipl_report_write(&made, bytes), sizeof(expected));
	assert_memory_equal(bytes, expected, sizeof(expected));
	assert_true(ipl_report_read(&read_back, bytes, sizeof(expected)));
	assert_same();
}

/* Linux overlooks a list at the end that has a header alone. */
static void empty_list_comes_first(void **state)
{
	(void)state;
	make(2, 0);
	assert_int_equal(ipl_report_write(&made, bytes), 16 + 16 + 16 + 64);
	assert_int_equal(bytes[16 + 4], IIRB_CERTIFICATES);
	assert_int_equal(bytes[32 + 4], IIRB_COMPONENTS);
	assert_true(ipl_report_read(&read_back, bytes, sizeof(bytes)));
	assert_same();
}

static void largest_report(void **state)
{
	(void)state;
	make(IIRB_COMPONENTS_MAX, IIRB_CERTIFICATES_MAX);
	assert_int_equal(IIRB_SIZE_MAX, 5136);
	assert_int_equal(ipl_report_write(&made, bytes), IIRB_SIZE_MAX);
	assert_true(ipl_report_read(&read_back, bytes, sizeof(bytes)));
	assert_same();
}

static void damaged_reports(void **state)
{
	size_t size;

	(void)state;
	make(2, 1);
	made.components[1].flags = IIRB_VERIFIED;
	size = ipl_report_write(&made, bytes);
	assert_true(ipl_report_read(&read_back, bytes, size));
	for (size_t less = 0; less < size; less++)
		assert_false(ipl_report_read(&read_back, bytes, less));
	bytes[16 + 16 + 32 + 0x17] = 1; /* a certificate that is not in the list */
	assert_false(ipl_report_read(&read_back, bytes, size));
	bytes[16 + 16 + 32 + 0x17] = 0;
	bytes[19] = 0x51; /* a list of components that is no whole number */
	assert_false(ipl_report_read(&read_back, bytes, size));
	bytes[19] = 15; /* shorter than its header */
	assert_false(ipl_report_read(&read_back, bytes, size));
	bytes[19] = 0x50;
	bytes[16 + 4] = IIRB_CERTIFICATES; /* two lists of one kind */
	assert_false(ipl_report_read(&read_back, bytes, size));
	bytes[16 + 4] = 9; /* no list of components */
	assert_false(ipl_report_read(&read_back, bytes, size));
	bytes[16 + 4] = IIRB_COMPONENTS;
	bytes[16 + 0x50 + 4] = 9; /* an unknown block is skipped */
	made.components[1].flags = 0;
	bytes[16 + 16 + 32 + 0x10] = 0;
	assert_true(ipl_report_read(&read_back, bytes, size));
	assert_int_equal(read_back.certificate_count, 0);
}

static void report_lies_behind_the_block(void **state)
{
	static const struct { uint32_t length, offset; } places[] = {
		{ 4096, 4096 }, { 200, 200 }, { 201, 208 }, { 207, 208 }, { 148, 152 },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const struct iplb iplb = { .length = be32(places[i].length) };

		assert_int_equal(ipl_report_offset(&iplb), places[i].offset);
	}
}

/* --- Problems ----------------------------------------------------------------------------- */

/* What one indicator means must not depend on who looks. */
static void indicators_belong_to_events(void **state)
{
	uint32_t all_cei = 0;
	uint16_t all_iiei = 0;

	(void)state;
	for (enum ipl_problem p = IPL_OK + 1; p < IPL_PROBLEM_COUNT; p++) {
		const struct ipl_problem_facts *facts = ipl_problem_facts(p);

		assert_true(strlen(facts->name) && strlen(facts->text) && strlen(facts->remedy));
		if (facts->cei || facts->iiei)
			assert_int_equal(facts->kind, IPL_KIND_EVENT);
		all_cei |= facts->cei;
		all_iiei |= facts->iiei;
	}
	assert_int_equal(all_cei, 0xfff00000);
	assert_int_equal(all_iiei, 0xfc00);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mode_is_in_the_flags),
		cmocka_unit_test(load_parameter_names_a_program),
		cmocka_unit_test(component_needs_room_for_an_sclab),
		cmocka_unit_test(findings_keep_their_order),
		cmocka_unit_test(report_has_known_bytes),
		cmocka_unit_test(empty_list_comes_first),
		cmocka_unit_test(largest_report),
		cmocka_unit_test(damaged_reports),
		cmocka_unit_test(report_lies_behind_the_block),
		cmocka_unit_test(indicators_belong_to_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
