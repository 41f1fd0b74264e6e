/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>

#include "ultravisor/explain.h"
#include "ultravisor/reason_table.h"

static void assert_explained(const char *code, const char *expected)
{
	struct text out = { 0 };
	struct error err;

	assert_ok(explain_code(code, &out, &err), &err);
	assert_string_equal(text_chars(&out), expected);
	text_free(&out);
}

static void assert_mentions(const char *code, const char *words, bool wanted)
{
	struct text out = { 0 };
	struct error err;

	assert_ok(explain_code(code, &out, &err), &err);
	if ((strstr(text_chars(&out), words) != NULL) != wanted)
		fail_msg("'%s' is explained as:\n%s", code, text_chars(&out));
	text_free(&out);
}

static void pair_of_a_call(void **state)
{
	static const char expected[] =
		"set-parameters (call 0x0300): rc 0x0108, rrc 0x0005\n"
		"  reason: the image was not made for this machine: no key slot fits its host key\n"
		"  remedy: create the image with the host key document of this machine\n";

	(void)state;
	assert_explained("set-parameters 0x0108/0x0005", expected);
	assert_explained("0x0300 0x108/0x5", expected);
	assert_explained("  300   108/5 ", expected);
}

static void packed_result(void **state)
{
	(void)state;
	assert_explained("0x0002000501080a02",
			 "DIAGNOSE 308: return code 0x0a02\n"
			 "  reason: the guest cannot become a protected one\n"
			 "  remedy: check that the image was made for this machine; back the guest without huge pages\n"
			 "set-parameters (call 0x0300): rc 0x0108, rrc 0x0005\n"
			 "  reason: the image was not made for this machine: no key slot fits its host key\n"
			 "  remedy: create the image with the host key document of this machine\n");
	assert_mentions("0003000001010a02", "unpack (call 0x0301)", true);
	assert_mentions("0x0004001b01020a02", "(PLD)", true);
	assert_mentions("0x0004001b01020a02", "(ALD)", false);
}

static void diagnose_codes(void **state)
{
	(void)state;
	assert_mentions("0xa02", "DIAGNOSE 308: return code 0x0a02", true);
	assert_mentions("0a02", "huge pages", true);
	assert_mentions("0x902", "no IPL parameter block of a protected guest", true);
	/* 0x0102 is also an rc of several calls. */
	assert_mentions("0x0102", "DIAGNOSE 308", true);
	assert_mentions("0x0102", "verify (call 0x0302)", true);
	assert_mentions("0x0102", "import (call 0x0200)", true);
}

static void pair_of_any_call(void **state)
{
	(void)state;
	assert_mentions("0x0102/0x001b", "(PLD)", true);
	assert_mentions("0x0102/0x001b", "(ALD)", false);
	assert_mentions("0x0102/0x001b", "not the one that its header describes", false);
	assert_mentions("0x0102/0x001b", "DIAGNOSE", false);
	assert_mentions("0x0106/0x30", "plaintext control flag", true);
	assert_mentions("0x0002/0", "any call: rc 0x0002", true);
	assert_mentions("share 0x0101", "not that of a page", true);
	assert_mentions("attest 0x010c", "cannot be decrypted", true);
	assert_mentions("verify 0x0003", "order", true);
}

/* An unknown reason code falls back to what the rc alone says. */
static void unknown_reason_code(void **state)
{
	(void)state;
	assert_mentions("verify 0x0102/0x0777", "not the one that its header describes", true);
	assert_mentions("set-parameters 0x010a/0x0777", "the header is damaged", true);
}

static void bad_input(void **state)
{
	static const char *const invalid[] = {
		"", "  ", "0x", "hello", "0x12345678901234567", "0x0108/", "/5",
		"0x0108/0x12345", "0x10008/5", "nothing 0x0108", "verify", "verify 0x12345",
		"verify 1/2 3", "0x0108/5/6", "-1",
	};
	struct text out = { 0 };
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(invalid) / sizeof(invalid[0]); i++) {
		int rc = explain_code(invalid[i], &out, &err);

		if (rc != ERR_INVALID)
			fail_msg("'%s': %d", invalid[i], rc);
		assert_true(err.hint[0] != '\0');
	}
	assert_int_equal(explain_code("0x7777", &out, &err), ERR_NOT_FOUND);
	assert_int_equal(explain_code("verify 0x7777/1", &out, &err), ERR_NOT_FOUND);
	assert_int_equal(explain_code("0x0009000501080a02", &out, &err), ERR_NOT_FOUND);
	text_free(&out);
}

static void result_in_one_line(void **state)
{
	struct text out = { 0 };

	(void)state;
	explain_result(0x0302, (struct uv_result){ 0x0102, 0x001b }, &out);
	assert_string_equal(text_chars(&out),
			    "verify (call 0x0302): rc 0x0102, rrc 0x001b: "
			    "the content of the image was changed after it was made (PLD); "
			    "create the image again, or fetch a fresh copy of it");
	text_free(&out);
	explain_result(0x4242, (struct uv_result){ 0x0777, 0x0001 }, &out);
	assert_string_equal(text_chars(&out),
			    "unknown call 0x4242: rc 0x0777, rrc 0x0001: "
			    "the reason is not documented");
	text_free(&out);
}

/* Every row can be reached: no earlier one hides it. */
static void every_boot_reason_is_found(void **state)
{
	static const struct {
		uint16_t call, rc, rrc;
		const char *reason;
	} rows[] = {
#define ROW(call, rc, rrc, reason, remedy) { call, rc, rrc, reason },
		UV_BOOT_REASONS(ROW)
#undef ROW
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct uv_result result = { rows[i].rc, rows[i].rrc };
		struct text out = { 0 };

		explain_result(rows[i].call, result, &out);
		if (!strstr(text_chars(&out), rows[i].reason))
			fail_msg("'%s' is hidden: %s", rows[i].reason, text_chars(&out));
		text_free(&out);
	}
}

/* The same for all calls. */
static void every_reason_is_found(void **state)
{
	(void)state;
	for (const struct reason *row = reasons; row->reason; row++)
		if (reason_find(row->call, row->rc, row->rrc) != row)
			fail_msg("'%s' is hidden", row->reason);
}

static void requests_for_others(void **state)
{
	(void)state;
	assert_mentions("attest 0x010c/0x0005", "no key slot fits its host key", true);
	assert_mentions("attest 0x010c/0x0f11", "changed after it was made", true);
	assert_mentions("attest 0x010c/0x0777", "cannot be decrypted", true);
	assert_mentions("add-secret 0x0108/0x0005", "no key slot fits its host key", true);
	assert_mentions("add-secret 0x010c/0x0f12", "another image", true);
	assert_mentions("add-secret 0x010c/0x0f13", "its CUID is another one", true);
	assert_mentions("add-secret 0x010c/0x0f14", "first request", true);
	assert_mentions("add-secret 0x010c/0x0f15", "derived from its CCK", true);
	assert_mentions("add-secret 0x010c/0x0f16", "does not allow an update", true);
	assert_mentions("add-secret 0x0104/0x0f10", "not an add-secret request", true);
	assert_mentions("retrieve-secret 0x0009", "buffer is too small", true);
	assert_mentions("dump-initiate 0x0002", "no dumps of protected guests", true);
	assert_mentions("dump-initiate 0x0003", "another dump of it", true);
	assert_mentions("dump-initiate 0x0105/0x0f20", "does not allow dumps", true);
	assert_mentions("dump-initiate 0x0105/0x0f21", "disabled by an add-secret request", true);
	assert_mentions("dump-storage-state 0x0101", "not that of a MiB", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pair_of_a_call),
		cmocka_unit_test(packed_result),
		cmocka_unit_test(diagnose_codes),
		cmocka_unit_test(pair_of_any_call),
		cmocka_unit_test(unknown_reason_code),
		cmocka_unit_test(bad_input),
		cmocka_unit_test(result_in_one_line),
		cmocka_unit_test(every_boot_reason_is_found),
		cmocka_unit_test(every_reason_is_found),
		cmocka_unit_test(requests_for_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
