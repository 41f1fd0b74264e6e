/* SPDX-License-Identifier: MIT */
/* Codes of Secure IPL in words. */
#include "unit.h"

#include <string.h>

#include "ipl/explain.h"
#include "ipl/problem.h"

static void assert_says(const char *kind, uint64_t code, const char *words)
{
	struct text out = { 0 };

	assert_true(ipl_explain(kind, code, &out));
	if (!strstr(text_chars(&out), words))
		fail_msg("%s 0x%llx: '%s' lacks '%s'", kind, (unsigned long long)code,
			 text_chars(&out), words);
	assert_non_null(strstr(text_chars(&out), "  reason: "));
	text_free(&out);
}

static void assert_unknown(const char *kind, uint64_t code)
{
	struct text out = { 0 };

	assert_false(ipl_explain(kind, code, &out));
	assert_int_equal(out.length, 0);
}

static void explains_return_codes(void **state)
{
	(void)state;
	assert_says("diag320", 0x0001, "done");
	assert_says("diag320", 0x0102, "no such subcode");
	assert_says("diag320", 0x0202, "128 bytes");
	assert_says("diag320", 0x0204, "multiple of 4096");
	assert_says("diag320", 0x0302, "above the last");
	assert_says("diag508", 0x0001, "verified");
	assert_says("diag508", 0x0102, "no certificates");
	assert_says("diag508", 0x0202, "256 MiB");
	assert_says("diag508", 0x0302, "4096 bytes");
	assert_says("diag508", 0x0402, "no certificate of the machine verifies");
	assert_says("diag508", 0x0502, "64 bytes");
	assert_unknown("diag320", 0x0402);
	assert_unknown("diag508", 0x0204);
	assert_unknown("diag508", 0);
	assert_unknown("diag308", 1);
}

static void explains_each_indicator(void **state)
{
	(void)state;
	for (uint32_t bit = CEI_NO_SCLAB; bit >= CEI_UNSIGNED_LOW; bit >>= 1) {
		assert_non_null(ipl_cei_text(bit));
		assert_says("cei", bit, ipl_cei_text(bit));
	}
	for (uint32_t bit = IIEI_NOTHING_SIGNED; bit >= IIEI_NOT_SINGLE; bit >>= 1) {
		assert_non_null(ipl_iiei_text(bit));
		assert_says("iiei", bit, ipl_iiei_text(bit));
	}
	assert_string_equal(ipl_cei_text(CEI_SCLAB_LENGTH),
			    "SCLAB is shorter than 32 bytes or longer than its component");
	assert_null(ipl_cei_text(CEI_UNSIGNED_LOW >> 1));
	assert_null(ipl_iiei_text(IIEI_NOT_SINGLE >> 1));
	assert_null(ipl_iiei_text(0x10000));
}

static void explains_several_indicators(void **state)
{
	(void)state;
	assert_says("cei", CEI_NO_SCLAB | CEI_SCLAB_LENGTH, "CEI 0x40000000");
	assert_says("iiei", 0xe000, "IIEI 0x2000");
	assert_unknown("iiei", 0x8001);
	assert_unknown("cei", 0);
	assert_unknown("cei", 0x100000000);
}

static void explains_entries(void **state)
{
	(void)state;
	assert_says("vce", 0x80, "valid certificate");
	assert_says("vce", 0, "expired");
	assert_unknown("vce", 0x40);
}

static void explains_codes_of_any_call(void **state)
{
	struct text out = { 0 };

	(void)state;
	assert_true(ipl_explain_any(0x0302, &out));
	assert_non_null(strstr(text_chars(&out), "DIAGNOSE 320"));
	assert_non_null(strstr(text_chars(&out), "DIAGNOSE 508"));
	text_free(&out);
	assert_false(ipl_explain_any(0x0a02, &out));
	assert_true(ipl_explain_knows("vce"));
	assert_false(ipl_explain_knows("0x0302"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(explains_return_codes),
		cmocka_unit_test(explains_each_indicator),
		cmocka_unit_test(explains_several_indicators),
		cmocka_unit_test(explains_entries),
		cmocka_unit_test(explains_codes_of_any_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
