/* SPDX-License-Identifier: MIT */
/* What the boot stages say, and how it reaches the consoles. */
#include <stdlib.h>
#include <string.h>

#include "boot/boot_failure.h"
#include "lib/diag308.h"
#include "lib/line.h"
#include "lib/sclp_message.h"
#include "ultravisor/reasons.h"
#include "unit.h"

static void line_drops_what_does_not_fit(void **state)
{
	struct line line;

	(void)state;
	line_start(&line, "ab");
	line_add(&line, "");
	assert_string_equal(line.text, "ab");
	for (int i = 0; i < LINE_ROOM; i++)
		line_add(&line, "xy");
	assert_int_equal(line.length, LINE_ROOM - 1);
	assert_int_equal(strlen(line.text), LINE_ROOM - 1);
	line_start(&line, "");
	assert_int_equal(line.length, 0);
	assert_string_equal(line.text, "");
}

static void line_writes_hexadecimal(void **state)
{
	static const struct {
		uint64_t value;
		unsigned digits;
		const char *text;
	} cases[] = {
		{ 0, 1, "0x0" },
		{ 0, 0, "0x0" },
		{ 0, 4, "0x0000" },
		{ 0xa02, 4, "0x0a02" },
		{ 0x12345, 4, "0x12345" },
		{ UINT64_MAX, 1, "0xffffffffffffffff" },
		{ 1, 99, "0x0000000000000001" },
	};
	struct line line;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		line_start(&line, "");
		line_add_hex(&line, cases[i].value, cases[i].digits);
		assert_string_equal(line.text, cases[i].text);
	}
}

static uint64_t packed(uint16_t step, uint16_t rc, uint16_t rrc)
{
	return (uint64_t)step << 48 | (uint64_t)rrc << 32 | (uint64_t)rc << 16 |
	       DIAG308_NOT_PROTECTED;
}

static void wrong_machine_is_named(void **state)
{
	struct boot_failure failure;

	(void)state;
	boot_failure_unpack(&failure, 0x0002000501080a02);
	assert_string_equal(failure.lines[0].text, "Protected boot failed: 0x0a02");
	assert_string_equal(failure.lines[1].text,
			    "  at the step: accept the Secure Execution header "
			    "(DIAG 308/10, rc 0x0108, rrc 0x0005)");
	assert_string_equal(failure.lines[2].text,
			    "  reason: the image was not made for this machine: "
			    "no key slot fits its host key");
	assert_string_equal(failure.lines[3].text,
			    "  remedy: create the image with the host key "
			    "document of this machine");
}

static void each_code_has_its_reason(void **state)
{
	static const struct {
		uint16_t step, rc, rrc;
		const char *part;
	} cases[] = {
		{ 2, UV_RC_HEADER_VERSION, UV_RRC_HEADER_VERSION, "version" },
		{ 2, UV_RC_HEADER_VERSION, UV_RRC_HEADER_MAGIC, "does not begin like one" },
		{ 2, UV_RC_HEADER_PCF, UV_RRC_HEADER_PCF, "plaintext control flag" },
		{ 2, UV_RC_HEADER_KEY, UV_RRC_NO_MATCHING_SLOT, "no key slot" },
		{ 2, UV_RC_HEADER_KEY, UV_RRC_CUSTOMER_KEY, "customer public key" },
		{ 2, UV_RC_HEADER_KEY, UV_RRC_BACKUP_KEY, "backup host key" },
		{ 2, UV_RC_HEADER_KEY, 0x7777, "could not be opened" },
		{ 2, UV_RC_HEADER_SCF, 0, "secret control flag" },
		{ 2, UV_RC_HEADER_SIZE, UV_RRC_HEADER_LENGTH, "size of the header" },
		{ 2, UV_RC_HEADER_SIZE, UV_RRC_AREA_SIZE, "encrypted area" },
		{ 2, UV_RC_HEADER_SIZE, UV_RRC_NO_SLOTS, "has no key slots" },
		{ 2, UV_RC_HEADER_SIZE, UV_RRC_HEADER_TAG, "its tag is wrong" },
		{ 2, UV_RC_HEADER_SIZE, 0x7777, "header is damaged" },
		{ 3, UV_RC_PAGE_NOT_MAPPED, 0, "storage that the guest does not have" },
		{ 4, UV_RC_VERIFY, UV_RRC_ALD, "(ALD)" },
		{ 4, UV_RC_VERIFY, UV_RRC_PLD, "(PLD)" },
		{ 4, UV_RC_VERIFY, UV_RRC_TLD, "(TLD)" },
		{ 4, UV_RC_VERIFY, UV_RRC_PAGE_COUNT, "pages" },
		{ 4, UV_RC_VERIFY, 0x7777, "not the one that its header describes" },
		/* The same rc at another step, and what nobody knows. */
		{ 3, UV_RC_HEADER_KEY, UV_RRC_NO_MATCHING_SLOT, "does not know" },
		{ 4, 0xbeef, 1, "does not know" },
		{ 9, 1, 0, "does not know" },
		{ 0, 1, 0, "does not know" },
	};
	struct boot_failure failure;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		boot_failure_unpack(&failure,
				    packed(cases[i].step, cases[i].rc, cases[i].rrc));
		if (!strstr(failure.lines[2].text, cases[i].part))
			fail_msg("%x %x %x: \"%s\" is not about \"%s\"",
				 cases[i].step, cases[i].rc, cases[i].rrc,
				 failure.lines[2].text, cases[i].part);
	}
}

/* The loader prints the rows of the one list that the other programs use, too. */
#define SAYS(call, rc, rrc, reason, remedy)                                    \
	boot_failure_unpack(&failure, packed((call) - 0x2fe, rc, rrc));        \
	assert_string_equal(failure.lines[2].text, "  reason: " reason);       \
	assert_string_equal(failure.lines[3].text, "  remedy: " remedy);
#define BLOCK_SAYS(code, reason, remedy)                                       \
	boot_failure_block(&failure, code);                                    \
	assert_string_equal(failure.lines[2].text, "  reason: " reason);       \
	assert_string_equal(failure.lines[3].text, "  remedy: " remedy);

static void every_row_is_said(void **state)
{
	struct boot_failure failure;

	(void)state;
	UV_BOOT_REASONS(SAYS)
	UV_DIAG308_REASONS(BLOCK_SAYS)
}

/* Older hypervisors give the return code of DIAGNOSE 308 alone. */
static void without_details_the_usual_causes_are_named(void **state)
{
	struct boot_failure failure;

	(void)state;
	boot_failure_unpack(&failure, DIAG308_NOT_PROTECTED);
	assert_string_equal(failure.lines[0].text, "Protected boot failed: 0x0a02");
	assert_non_null(strstr(failure.lines[1].text, "become a protected guest"));
	assert_non_null(strstr(failure.lines[2].text, "gave no details"));
	assert_non_null(strstr(failure.lines[3].text, "huge pages"));
	boot_failure_unpack(&failure, DIAG308_NO_PV_CONFIGURATION);
	assert_string_equal(failure.lines[0].text, "Protected boot failed: 0x0902");
	boot_failure_unpack(&failure, 0);
	assert_string_equal(failure.lines[0].text, "Protected boot failed: 0x0000");
	assert_non_null(strstr(failure.lines[2].text, "does not know"));
}

static void refused_blocks_are_explained(void **state)
{
	static const struct {
		uint64_t code;
		const char *first, *part;
	} cases[] = {
		{ DIAG308_NO_CONFIGURATION, "Protected boot failed: 0x0102", "has no IPL" },
		{ DIAG308_INVALID_BLOCK, "Protected boot failed: 0x0402", "invalid" },
		{ DIAG308_NO_PV_CONFIGURATION, "Protected boot failed: 0x0902",
		  "protected guest" },
		{ 0x1234, "Protected boot failed: 0x1234", "does not know" },
	};
	struct boot_failure failure;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		boot_failure_block(&failure, cases[i].code);
		assert_string_equal(failure.lines[0].text, cases[i].first);
		assert_non_null(strstr(failure.lines[1].text, "DIAG 308/8"));
		assert_non_null(strstr(failure.lines[2].text, cases[i].part));
	}
	boot_failure_block(&failure, UINT64_MAX);
	assert_non_null(strstr(failure.lines[1].text, "0xffffffffffffffff)"));
}

static void assert_lines_whole(const struct boot_failure *failure)
{
	for (int i = 0; i < BOOT_FAILURE_LINES; i++) {
		assert_in_range(failure->lines[i].length, 10, 120);
		assert_int_equal(strlen(failure->lines[i].text),
				 failure->lines[i].length);
	}
}

static void no_line_is_cut_off(void **state)
{
	static const uint16_t steps[] = { 0, 2, 3, 4, 0xffff };
	struct boot_failure failure;

	(void)state;
	boot_failure_no_facility(&failure);
	assert_lines_whole(&failure);
	boot_failure_no_arguments(&failure);
	assert_lines_whole(&failure);
	for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
		for (unsigned rc = 0x100; rc < 0x110; rc++) {
			for (unsigned rrc = 0; rrc < 0x48; rrc++) {
				boot_failure_unpack(&failure,
						    packed(steps[s], (uint16_t)rc,
							   (uint16_t)rrc));
				assert_lines_whole(&failure);
			}
		}
	}
	for (unsigned code = 2; code < 0x1000; code++) {
		boot_failure_block(&failure, code);
		assert_lines_whole(&failure);
	}
}

static void ascii_message_has_its_bytes(void **state)
{
	static const uint8_t expected[] = {
		0x00, 0x12, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, /* SCCB, 18 bytes */
		0x00, 0x0a, 0x1a, 0x00, 0x00, 0x00,             /* event, 10 bytes */
		'O',  'k',  '\r', '\n',
		0x00,
	};
	struct sccb *sccb = malloc(SCCB_SIZE);

	(void)state;
	memset(sccb, 0xee, SCCB_SIZE);
	sclp_ascii_message(sccb, "Ok");
	assert_memory_equal(sccb, expected, sizeof(expected));
	free(sccb);
}

static void line_message_has_its_bytes(void **state)
{
	static const uint8_t start[] = {
		0x00, 0x5f, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, /* SCCB, 95 bytes */
		0x00, 0x57, 0x02, 0x00, 0x00, 0x00,             /* event, 87 bytes */
		0x00, 0x51, 0x00, 0x01,                         /* block, 81 bytes */
		0xd4, 0xc4, 0xc2, 0x40, 0x00, 0x00, 0x00, 0x01,
		0x00, 0x38, 0x00, 0x01,                         /* general, 56 bytes */
	};
	static const uint8_t end[] = {
		0x00, 0x0d, 0x00, 0x04, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00,
		0xd6, 0x92, 0x6f, /* "Ok?" */
		0x00,
	};
	struct sccb *sccb = malloc(SCCB_SIZE);
	const uint8_t *bytes = (const uint8_t *)sccb;

	(void)state;
	memset(sccb, 0xee, SCCB_SIZE);
	sclp_line_message(sccb, "Ok\n"); /* no line ends in it: shown as '?' */
	assert_memory_equal(bytes, start, sizeof(start));
	for (size_t i = sizeof(start); i < 14 + 0x44; i++)
		assert_int_equal(bytes[i], 0);
	assert_memory_equal(bytes + 14 + 0x44, end, sizeof(end));
	free(sccb);
}

/* The letters of code page 1047, from an independent table: iconv's. */
static void line_message_speaks_ebcdic(void **state)
{
	static const char text[] = "AIJRSZaijrsz0189 .:,;()[]{}<>=+-*/'\"_#@%&!?|~^`\\$";
	static const uint8_t expected[] = {
		0xc1, 0xc9, 0xd1, 0xd9, 0xe2, 0xe9, 0x81, 0x89, 0x91, 0x99,
		0xa2, 0xa9, 0xf0, 0xf1, 0xf8, 0xf9, 0x40, 0x4b, 0x7a, 0x6b,
		0x5e, 0x4d, 0x5d, 0xad, 0xbd, 0xc0, 0xd0, 0x4c, 0x6e, 0x7e,
		0x4e, 0x60, 0x5c, 0x61, 0x7d, 0x7f, 0x6d, 0x7b, 0x7c, 0x6c,
		0x50, 0x5a, 0x6f, 0x4f, 0xa1, 0x5f, 0x79, 0xe0, 0x5b,
	};
	struct sccb *sccb = malloc(SCCB_SIZE);

	(void)state;
	assert_int_equal(strlen(text), sizeof(expected));
	sclp_line_message(sccb, text);
	assert_memory_equal((const uint8_t *)sccb + 14 + 0x4e, expected,
			    sizeof(expected));
	free(sccb);
}

/* The sanitizers see a byte written beyond the page. */
static void long_messages_stay_in_their_page(void **state)
{
	struct sccb *sccb = malloc(SCCB_SIZE);
	char *text = malloc(2 * SCCB_SIZE);

	(void)state;
	memset(text, 'x', 2 * SCCB_SIZE - 1);
	text[2 * SCCB_SIZE - 1] = '\0';
	sclp_ascii_message(sccb, text);
	assert_int_equal(be16_get(sccb->length), SCCB_SIZE);
	sclp_line_message(sccb, text);
	assert_int_equal(be16_get(sccb->length), SCCB_SIZE);
	free(text);
	free(sccb);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(line_drops_what_does_not_fit),
		cmocka_unit_test(line_writes_hexadecimal),
		cmocka_unit_test(wrong_machine_is_named),
		cmocka_unit_test(each_code_has_its_reason),
		cmocka_unit_test(every_row_is_said),
		cmocka_unit_test(without_details_the_usual_causes_are_named),
		cmocka_unit_test(refused_blocks_are_explained),
		cmocka_unit_test(no_line_is_cut_off),
		cmocka_unit_test(ascii_message_has_its_bytes),
		cmocka_unit_test(line_message_has_its_bytes),
		cmocka_unit_test(line_message_speaks_ebcdic),
		cmocka_unit_test(long_messages_stay_in_their_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
