/* SPDX-License-Identifier: MIT */
/* /sys/firmware/uv, and copies of it that are not what the kernel writes. */
#include "unit.h"

#include "folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image_fixture.h"
#include "uvinfo/report.h"

static void write_text(const char *path, const char *text)
{
	struct error err;

	assert_ok(file_write(path, text, strlen(text), OUTFILE_REPLACE, 0600, &err), &err);
}

/* A small tree in the current folder. */
static int enter(void **state)
{
	int rc = enter_folder(state);

	mkdir("query", 0700);
	mkdir("keys", 0700);
	write_text("prot_virt_guest", "1\n");
	write_text("prot_virt_host", "0\n");
	write_text("query/facilities", "80c0000e40000000\n0\n0\n0\n");
	write_text("query/max_assoc_secrets", "100\n");
	write_text("query/supp_secret_types", "6000000000000001\n");
	return rc;
}

static void takes_what_is_there(void **state)
{
	struct uvinfo info;
	struct error err;

	(void)state;
	assert_ok(uvinfo_read(&info, ".", &err), &err);
	assert_true(info.guest);
	assert_false(info.host);
	assert_true(info.calls_known);
	assert_true(info.calls[0] == UINT64_C(0x80c0000e40000000));
	assert_int_equal(info.fields[UVINFO_MAX_ASSOCIATION_SECRETS].number, 100);
	assert_false(info.fields[UVINFO_MAX_SECRETS].known);
	assert_false(info.keys_known);
	assert_true(uvinfo_is_guest("."));
	assert_false(uvinfo_is_guest("query"));
	assert_false(uvinfo_is_guest("absent"));
	write_text("prot_virt_guest", "0\n");
	assert_false(uvinfo_is_guest("."));
}

static void assert_refused(const char *path, const char *text)
{
	struct uvinfo info;
	struct error err;

	write_text(path, text);
	assert_int_equal(uvinfo_read(&info, ".", &err), ERR_FORMAT);
	assert_non_null(strstr(err.message, path));
	unlink(path);
}

static void refuses_what_no_kernel_writes(void **state)
{
	static const char *const decimals[] = { "", "\n", "x\n", "0x10\n", "-1\n", " 1\n", "1 \n",
						"18446744073709551616\n" };
	static const char *const words[] = { "", "\n", "g\n", "-1\n", "12345678123456781\n", "0 0\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(decimals) / sizeof(decimals[0]); i++)
		assert_refused("query/max_cpus", decimals[i]);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_refused("query/supp_att_pflags", words[i]);
	assert_refused("query/facilities", "1\n2\n3\n");
	assert_refused("query/facilities", "1\n2\n3\nx\n");
	assert_refused("keys/all", "00\n");
	assert_refused("keys/all", "");
	assert_refused("prot_virt_guest", "2\n");
	assert_refused("prot_virt_host", "yes\n");
}

static void refuses_what_is_no_folder(void **state)
{
	char *path = calloc(1, 5001);
	struct uvinfo info;
	struct error err;

	(void)state;
	assert_int_equal(uvinfo_read(&info, "absent", &err), ERR_NOT_FOUND);
	assert_int_equal(uvinfo_read(&info, "prot_virt_guest", &err), ERR_FORMAT);
	memset(path, '/', 5000);
	assert_true(uvinfo_read(&info, path, &err) < 0);
	free(path);
	/* A folder, or a file of another size, in place of a file. */
	mkdir("query/max_cpus", 0700);
	assert_int_equal(uvinfo_read(&info, ".", &err), ERR_IO);
}

static void keys_are_read(void **state)
{
	char text[15 * 65 + 1] = "";
	struct uvinfo info;
	struct error err;

	(void)state;
	for (int i = 0; i < 15; i++)
		for (int digit = 0; digit < 65; digit++)
			strcat(text, digit == 64 ? "\n" : i == 1 ? "a" : "0");
	write_text("keys/all", text);
	assert_ok(uvinfo_read(&info, ".", &err), &err);
	assert_true(info.keys_known);
	assert_int_equal(info.keys[1][31], 0xaa);
	assert_int_equal(info.keys[0][0], 0);
}

static void assert_report(void (*report)(struct text *, const struct uvinfo *, unsigned),
			  const struct uvinfo *info, unsigned parts, const char *expected)
{
	struct text out = { 0 };

	report(&out, info, parts);
	assert_string_equal(text_chars(&out), expected);
	text_free(&out);
}

static void reports_say_what_was_read(void **state)
{
	const unsigned parts = 1u << UVINFO_PART_STATUS | 1u << UVINFO_PART_CALLS |
			       1u << UVINFO_PART_LIMITS | 1u << UVINFO_PART_SECRET_TYPES |
			       1u << UVINFO_PART_KEYS;
	struct uvinfo info;
	struct error err;

	(void)state;
	assert_ok(uvinfo_read(&info, ".", &err), &err);
	assert_report(uvinfo_report_human, &info, parts,
		"Secure Execution Guest\n\n"
		"Installed ultravisor calls:\n  Query Ultravisor Information\n  Set Shared Access\n"
		"  Remove Shared Access\n  Retrieve Attestation Measurement\n  Add Secret\n"
		"  List Secrets\n  Retrieve Secret\n\n"
		"Limits and sizes:\n  association secrets of a guest: 100\n\n"
		"Supported secret types:\n  Meta\n  Association\n  bit 63\n\n"
		"Host key hashes:\n  not known to this kernel\n");
	assert_report(uvinfo_report_yaml, &info, parts,
		"se_status: Guest\nfacilities:\n- Query Ultravisor Information\n- Set Shared Access\n"
		"- Remove Shared Access\n- Retrieve Attestation Measurement\n- Add Secret\n"
		"- List Secrets\n- Retrieve Secret\n"
		"limits:\n  max_assoc_secrets: 100\n"
		"supported_secret_types:\n- Meta\n- Association\n- bit 63\n");
	assert_report(uvinfo_report_json, &info, 1u << UVINFO_PART_STATUS |
						 1u << UVINFO_PART_SECRET_TYPES,
		"{\n  \"se_status\": \"Guest\",\n  \"supported_secret_types\": {\n"
		"    \"hex\": \"6000000000000001\",\n    \"set\": [\n"
		"      {\n        \"bit\": 1,\n        \"name\": \"Meta\"\n      },\n"
		"      {\n        \"bit\": 2,\n        \"name\": \"Association\"\n      },\n"
		"      {\n        \"bit\": 63,\n        \"name\": \"bit 63\"\n      }\n"
		"    ]\n  }\n}\n");
}

static void status_has_four_words(void **state)
{
	static const struct { bool guest, host; const char *word; } rows[] = {
		{ true, false, "se_status: Guest\n" }, { false, true, "se_status: Host\n" },
		{ false, false, "se_status: Unsecure\n" }, { true, true, "se_status: Invalid\n" },
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct uvinfo info = { .guest = rows[i].guest, .host = rows[i].host };

		assert_report(uvinfo_report_yaml, &info, UVINFO_ALL_PARTS, rows[i].word);
	}
}

#define in_tree(test) cmocka_unit_test_setup_teardown(test, enter, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_tree(takes_what_is_there),
		in_tree(refuses_what_no_kernel_writes),
		in_tree(refuses_what_is_no_folder),
		in_tree(keys_are_read),
		in_tree(reports_say_what_was_read),
		cmocka_unit_test(status_has_four_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
