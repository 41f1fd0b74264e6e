/* SPDX-License-Identifier: MIT */
/* Reports that guests have left: reading, showing, keeping not too many. */
#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hex.h"
#include "ipl/problem.h"
#include "machine/boot_report.h"
#include "machine/runtime.h"

static char folder[] = "/tmp/uv-report-XXXXXX";

/* Two components and the start of the second. */
static struct ipl_report example(void)
{
	struct ipl_report report = { .iiei = IIEI_NO_GLOBAL_SCLAB, .component_count = 3,
				     .certificate_count = 1 };

	report.components[0].address = be64(0x2000);
	report.components[0].length = be64(512);
	report.components[1].address = be64(0x10000);
	report.components[1].length = be64(4096);
	report.components[1].flags = IIRB_SIGNED | IIRB_VERIFIED;
	report.components[1].cei = be32(CEI_NO_SCLAB | CEI_SCLAB_LENGTH);
	report.components[2].address = be64(0x0008000080010000);
	return report;
}

static json_t *hex_of(const void *data, size_t size)
{
	char *digits = malloc(2 * size + 1);
	json_t *value;

	hex_encode(digits, data, size);
	value = json_stringn(digits, 2 * size);
	free(digits);
	return value;
}

static json_t *document(void)
{
	struct iplb iplb = { .length = be32(IPLB_SIZE), .flags = IPLB_SECURE | IPLB_REPORT,
			     .type = IPLB_SCSI, .ssid = 3, .devno = be16(0x1234),
			     .lun = be32(2), .target = be16(1) };
	const be64_t psw = be64(0x0008000080010000);
	struct ipl_report report = example();
	uint8_t iirb[IIRB_SIZE_MAX];
	size_t size = ipl_report_write(&report, iirb);

	return json_pack("{s:s, s:s, s:b, s:i, s:o, s:o, s:o, s:[s]}", "guest", "gone",
			 "mode", "secure", "simulated", 1, "time", 86400, "psw",
			 hex_of(&psw, sizeof(psw)), "iplb", hex_of(&iplb, sizeof(iplb)),
			 "iirb", hex_of(iirb, size), "certificates", "00");
}

static void leave(const char *text)
{
	char *path;

	assert_int_equal(runtime_report_path(&path, "gone", NULL), 0);
	assert_int_equal(file_write(path, text, strlen(text), OUTFILE_REPLACE, 0600, NULL), 0);
	free(path);
}

static void leave_document(json_t *json)
{
	char *text = json_dumps(json, 0);

	leave(text);
	free(text);
	json_decref(json);
}

static void assert_contains(const struct text *text, const char *words)
{
	if (!strstr(text_chars(text), words))
		fail_msg("'%s' lacks '%s'", text_chars(text), words);
}

static void shows_what_a_guest_has_left(void **state)
{
	struct boot_report *report;
	struct text text = { 0 }, json = { 0 };
	json_t *read;

	(void)state;
	leave_document(document());
	assert_int_equal(boot_report_get(&report, "gone", NULL), 0);
	boot_report_add_text(report, &text);
	assert_contains(&text, "guest      gone (ended)");
	assert_contains(&text, "mode       secure");
	assert_contains(&text, "1970-01-02T00:00:00Z");
	assert_contains(&text, "0.3.1234, channel 0, target 1, LUN 2");
	assert_contains(&text, "0x0000000000002000        512 bytes  not signed\n");
	assert_contains(&text, "signed, verified by certificate 0\n");
	assert_contains(&text, "CEI 0x80000000: component has no valid SCLAB");
	assert_contains(&text, "CEI 0x40000000: SCLAB is shorter");
	assert_contains(&text, "IIEI 0x2000: no component has a global SCLAB");
	assert_contains(&text, "start at PSW 0x0008000080010000");
	assert_contains(&text, "0  cannot be read");

	boot_report_add_json(report, &json);
	read = json_loads(text_chars(&json), 0, NULL);
	assert_non_null(read);
	assert_string_equal(json_string_value(json_object_get(read, "mode")), "secure");
	assert_int_equal(json_array_size(json_object_get(read, "components")), 3);
	assert_false(json_is_true(json_object_get(read, "running")));
	json_decref(read);
	text_free(&text);
	text_free(&json);
	boot_report_free(report);
}

static void refuses_damaged_reports(void **state)
{
	static const char *const members[] = { "guest", "psw", "iplb", "iirb", "certificates" };
	struct boot_report *report;

	(void)state;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		json_t *json = document();

		json_object_set_new(json, members[i], json_pack("i", 1));
		leave_document(json);
		assert_int_equal(boot_report_get(&report, "gone", NULL), ERR_FORMAT);

		json = document();
		json_object_del(json, members[i]);
		leave_document(json);
		assert_int_equal(boot_report_get(&report, "gone", NULL), ERR_FORMAT);
	}
	for (size_t i = 1; i < 4; i++) {
		json_t *json = document();

		json_object_set_new(json, members[i], json_pack("s", "00112x"));
		leave_document(json);
		assert_int_equal(boot_report_get(&report, "gone", NULL), ERR_FORMAT);
	}
	leave("[1]");
	assert_int_equal(boot_report_get(&report, "gone", NULL), ERR_FORMAT);
	leave("");
	assert_int_equal(boot_report_get(&report, "gone", NULL), ERR_FORMAT);
}

static void says_when_there_is_none(void **state)
{
	struct boot_report *report;
	struct error err = { 0 };

	(void)state;
	leave_document(document());
	runtime_report_forget("gone");
	assert_int_equal(boot_report_get(&report, "gone", &err), ERR_NOT_FOUND);
	assert_string_not_equal(err.hint, "");
	assert_int_equal(boot_report_get(&report, "../gone", &err), ERR_INVALID);
}

/* The reports that there are. */
static unsigned count_reports(void)
{
	char *path;
	struct dirent *entry;
	unsigned count = 0;
	DIR *stream;

	assert_int_equal(runtime_report_path(&path, "x", NULL), 0);
	*strrchr(path, '/') = '\0';
	stream = opendir(path);
	while ((entry = readdir(stream)))
		count += entry->d_name[0] != '.';
	closedir(stream);
	free(path);
	return count;
}

static void keeps_only_so_many(void **state)
{
	char *path;

	(void)state;
	for (unsigned i = 0; i < REPORTS_MAX + 5; i++) {
		const struct timespec times[2] = { { .tv_sec = i }, { .tv_sec = i } };
		char name[32];

		snprintf(name, sizeof(name), "guest-%u", i);
		runtime_report_forget(name);
		assert_int_equal(runtime_report_path(&path, name, NULL), 0);
		assert_int_equal(file_write(path, "{}", 2, OUTFILE_REPLACE, 0600, NULL), 0);
		utimensat(AT_FDCWD, path, times, 0);
		free(path);
	}
	assert_int_equal(count_reports(), REPORTS_MAX);
	/* The oldest are gone. */
	assert_int_equal(runtime_report_path(&path, "guest-4", NULL), 0);
	assert_int_not_equal(access(path, F_OK), 0);
	free(path);
	assert_int_equal(runtime_report_path(&path, "guest-5", NULL), 0);
	assert_int_equal(access(path, F_OK), 0);
	free(path);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) && setenv("XDG_RUNTIME_DIR", folder, 1) == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_what_a_guest_has_left),
		cmocka_unit_test(refuses_damaged_reports),
		cmocka_unit_test(says_when_there_is_none),
		cmocka_unit_test(keeps_only_so_many),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
