/* SPDX-License-Identifier: MIT */
/* What of Secure IPL the plugin does without QEMU: facilities, block, arguments. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "plugin/arguments.h"
#include "plugin/scp_info.h"
#include "plugin/secure_ipl.h"

#define RESPONSE_COMPLETE 0x0010

/* --- READ SCP INFORMATION -------------------------------------------------------- */

#define BLOCK_SIZE 4096
static uint8_t bytes[BLOCK_SIZE], before[BLOCK_SIZE];

/* A block as QEMU fills it: each CPU's entry full of its number. */
static void prepare(unsigned cpus, unsigned cpu_offset)
{
	struct scp_info *info = (struct scp_info *)bytes;

	memset(bytes, 0, sizeof(bytes));
	info->length = be16(BLOCK_SIZE);
	info->response = be16(RESPONSE_COMPLETE);
	info->cpu_count = be16((uint16_t)cpus);
	info->cpu_offset = be16((uint16_t)cpu_offset);
	for (unsigned i = 0; i < cpus; i++)
		memset(bytes + cpu_offset + i * SCP_CPU_SIZE, (int)i + 1, SCP_CPU_SIZE);
	memcpy(before, bytes, sizeof(bytes));
}

static void assert_shown(unsigned cpus, unsigned facilities)
{
	const struct scp_info *info = (const struct scp_info *)bytes;

	assert_int_equal(be16_get(info->cpu_offset), 144);
	assert_int_equal(be16_get(info->cpu_count), cpus);
	assert_int_equal(info->facilities_134, facilities & SCP_CSTORE ? 0x04 : 0);
	assert_int_equal(be16_get(info->ipl_facilities),
			 (facilities & SCP_SIPL ? 0x4000 : 0) |
				 (facilities & SCP_SCLAF ? 0x1000 : 0));
	for (unsigned i = 0; i < cpus * SCP_CPU_SIZE; i++)
		assert_int_equal(bytes[144 + i], i / SCP_CPU_SIZE + 1);
}

static void moves_cpus_and_shows_facilities(void **state)
{
	(void)state;
	for (unsigned facilities = 0; facilities <= SCP_SECURE_IPL; facilities++) {
		for (unsigned cpus = 1; cpus <= 247; cpus += 41) {
			prepare(cpus, 128);
			assert_true(scp_info_show(bytes, sizeof(bytes), facilities));
			assert_shown(cpus, facilities);
			assert_true(scp_info_show(bytes, sizeof(bytes), facilities));
			assert_shown(cpus, facilities);
		}
	}
}

/* A QEMU that knows the facilities has its own opinion of them. */
static void replaces_facilities_that_are_there(void **state)
{
	struct scp_info *info = (struct scp_info *)bytes;

	(void)state;
	prepare(2, 144);
	info->facilities_134 = 0x84;
	info->ipl_facilities = be16(0x5000);
	assert_true(scp_info_show(bytes, sizeof(bytes), SCP_SIPL));
	assert_int_equal(info->facilities_134, 0x80);
	assert_int_equal(be16_get(info->ipl_facilities), 0x4000);
}

static void leaves_other_blocks_alone(void **state)
{
	struct scp_info *info = (struct scp_info *)bytes;

	(void)state;
	prepare(2, 128);
	assert_false(scp_info_show(bytes, 143, SCP_SECURE_IPL));
	assert_false(scp_info_show(bytes, 144 + 2 * SCP_CPU_SIZE - 1, SCP_SECURE_IPL));
	assert_memory_equal(bytes, before, sizeof(bytes));
	assert_true(scp_info_show(bytes, 144 + 2 * SCP_CPU_SIZE, SCP_SECURE_IPL));

	prepare(2, 128);
	info->response = be16(0x0300);
	memcpy(before, bytes, sizeof(bytes));
	assert_false(scp_info_show(bytes, sizeof(bytes), SCP_SECURE_IPL));
	assert_memory_equal(bytes, before, sizeof(bytes));

	/* A guest may have put anything there. */
	prepare(0, 0);
	assert_false(scp_info_show(bytes, sizeof(bytes), SCP_SECURE_IPL));
	prepare(1, 128);
	info->cpu_count = be16(0xffff);
	memcpy(before, bytes, sizeof(bytes));
	assert_false(scp_info_show(bytes, sizeof(bytes), SCP_SECURE_IPL));
	assert_memory_equal(bytes, before, sizeof(bytes));
}

/* --- The IPL parameter block -------------------------------------------------------- */

static struct secure_ipl secure_ipl;

static void open_in_mode(enum ipl_mode mode)
{
	const struct secure_ipl_arguments arguments = { .offered = true, .mode = mode };

	secure_ipl = (struct secure_ipl){ .lock = PTHREAD_MUTEX_INITIALIZER };
	assert_int_equal(secure_ipl_open(&secure_ipl, &arguments, NULL), 0);
}

static struct iplb block_with(uint8_t flags, uint32_t length, uint16_t devno)
{
	struct iplb block = { .length = be32(length), .flags = flags, .type = IPLB_CCW,
			      .devno = be16(devno) };

	return block;
}

static void assert_block(const struct iplb *block, uint8_t flags, uint32_t length,
			 uint16_t devno)
{
	assert_int_equal(block->flags, flags);
	assert_int_equal(be32_get(block->length), length);
	assert_int_equal(be16_get(block->devno), devno);
}

static void owns_flags_and_length(void **state)
{
	static const struct {
		enum ipl_mode mode;
		uint8_t flags;
	} cases[] = {
		{ IPL_AUDIT, IPLB_REPORT }, { IPL_SECURE, IPLB_SECURE | IPLB_REPORT },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		for (unsigned flags = 0; flags < 256; flags += 32) {
			const uint8_t others = (uint8_t)flags & 0x80;
			struct iplb block = block_with((uint8_t)flags, 200, 7);

			open_in_mode(cases[i].mode);
			assert_true(secure_ipl_has_report(&secure_ipl));
			secure_ipl_set_block(&secure_ipl, &block);
			block = block_with(0, 200, 1);
			secure_ipl_get_block(&secure_ipl, &block);
			assert_block(&block, cases[i].flags | others, 4096, 7);
		}
	}
	open_in_mode(IPL_NORMAL);
	assert_false(secure_ipl_has_report(&secure_ipl));
}

static void keeps_the_block_over_a_reipl_only(void **state)
{
	struct iplb qemus = block_with(0, 200, 1), guests = block_with(0, 200, 2), seen;

	(void)state;
	open_in_mode(IPL_SECURE);
	seen = qemus;
	secure_ipl_get_block(&secure_ipl, &seen);
	assert_block(&seen, IPLB_SECURE | IPLB_REPORT, 4096, 1);

	secure_ipl_set_block(&secure_ipl, &guests);
	atomic_store(&secure_ipl.reipl_due, true);
	atomic_store(&secure_ipl.handover_due, false);
	secure_ipl_on_reset(&secure_ipl);
	assert_true(atomic_load(&secure_ipl.handover_due));
	seen = qemus;
	secure_ipl_get_block(&secure_ipl, &seen);
	assert_block(&seen, IPLB_SECURE | IPLB_REPORT, 4096, 2);

	/* This time nobody asked: QEMU has made the block anew. */
	secure_ipl_on_reset(&secure_ipl);
	seen = qemus;
	secure_ipl_get_block(&secure_ipl, &seen);
	assert_block(&seen, IPLB_SECURE | IPLB_REPORT, 4096, 1);
}

static void keeps_what_is_handed_over(void **state)
{
	struct text text = { 0 }, out = { 0 };

	(void)state;
	open_in_mode(IPL_SECURE);
	assert_false(secure_ipl_add_handover(&secure_ipl, &out));
	text_add(&text, "{\"one\": 1}");
	secure_ipl_keep_handover(&secure_ipl, &text);
	assert_null(text.chars);
	assert_true(secure_ipl_add_handover(&secure_ipl, &out));
	assert_string_equal(text_chars(&out), "{\"one\": 1}");
	text_free(&out);
	/* The next start hands over nothing. */
	secure_ipl_keep_handover(&secure_ipl, &text);
	assert_false(secure_ipl_add_handover(&secure_ipl, &out));
}

/* --- Arguments --------------------------------------------------------------------- */

static void reads_arguments(void **state)
{
	char *argv[] = { (char *)"secure-ipl=audit", (char *)"facilities=sipl+cstore",
			 (char *)"certificates=/a=b", (char *)"report=/r" };
	struct arguments arguments;

	(void)state;
	assert_int_equal(arguments_parse(&arguments, 0, argv, NULL), 0);
	assert_false(arguments.secure_ipl.offered);
	assert_int_equal(arguments_parse(&arguments, 4, argv, NULL), 0);
	assert_true(arguments.secure_ipl.offered);
	assert_int_equal(arguments.secure_ipl.mode, IPL_AUDIT);
	assert_int_equal(arguments.secure_ipl.facilities, SCP_SIPL | SCP_CSTORE);
	assert_string_equal(arguments.secure_ipl.certificates, "/a=b");
	assert_string_equal(arguments.secure_ipl.report, "/r");
}

static void refuses_other_arguments(void **state)
{
	static const char *const cases[] = {
		"secure-ipl=", "secure-ipl=on", "secure-ipl=secure2", "facilities=els",
		"facilities=sip", "facilities=sipl,cstore", "facilities=+sipl",
	};
	struct arguments arguments;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *argument = strdup(cases[i]);

		assert_int_equal(arguments_parse(&arguments, 1, &argument, NULL),
				 ERR_INVALID);
		free(argument);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moves_cpus_and_shows_facilities),
		cmocka_unit_test(replaces_facilities_that_are_there),
		cmocka_unit_test(leaves_other_blocks_alone),
		cmocka_unit_test(owns_flags_and_length),
		cmocka_unit_test(keeps_the_block_over_a_reipl_only),
		cmocka_unit_test(keeps_what_is_handed_over),
		cmocka_unit_test(reads_arguments),
		cmocka_unit_test(refuses_other_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
