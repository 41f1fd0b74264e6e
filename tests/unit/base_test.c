/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/be.h"
#include "base/cursor.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/json.h"
#include "base/secret.h"

static void big_endian_round_trip(void **state)
{
	(void)state;
	assert_int_equal(be16_get(be16(0x1234)), 0x1234);
	assert_int_equal(be32_get(be32(0x12345678)), 0x12345678);
	assert_true(be64_get(be64(0x123456789abcdef0)) == 0x123456789abcdef0);
	assert_int_equal(be32(0x12345678).b[0], 0x12);
	assert_true(MSB0(0) == 0x8000000000000000 && MSB0(63) == 1);
}

static void cursor_stops_at_the_end(void **state)
{
	struct cursor c = cursor_over("abcdef", 6);

	(void)state;
	assert_memory_equal(cursor_take(&c, 4), "abcd", 4);
	assert_int_equal(cursor_left(&c), 2);
	assert_null(cursor_take(&c, SIZE_MAX));
	assert_true(c.failed);
	assert_null(cursor_take(&c, 1));
	assert_int_equal(cursor_left(&c), 0);
}

static void hex_both_ways(void **state)
{
	uint8_t bytes[3];
	uint64_t word;
	char text[7];
	struct error err;

	(void)state;
	assert_ok(hex_decode(bytes, 3, "00aBfF", 6, &err), &err);
	assert_string_equal(hex_encode(text, bytes, 3), "00abff");
	assert_int_equal(hex_decode(bytes, 3, "00abf", 5, &err), ERR_FORMAT);
	assert_int_equal(hex_decode(bytes, 3, "00abfg", 6, &err), ERR_FORMAT);
	assert_ok(hex_parse_u64(&word, "0xe0", &err), &err);
	assert_true(word == 0xe0);
	assert_ok(hex_parse_u64(&word, "ffffffffffffffff", &err), &err);
	assert_true(word == UINT64_MAX);
	assert_int_equal(hex_parse_u64(&word, "", &err), ERR_INVALID);
	assert_int_equal(hex_parse_u64(&word, "0x", &err), ERR_INVALID);
	assert_int_equal(hex_parse_u64(&word, "zz", &err), ERR_INVALID);
	assert_int_equal(hex_parse_u64(&word, "10000000000000000", &err),
			 ERR_INVALID);
}

static void json_escapes_and_nests(void **state)
{
	struct text out = { 0 };
	struct json json = json_to(&out, false);

	(void)state;
	json_object_begin(&json, NULL);
	json_string(&json, "a\"b", "line\n\x01\\");
	json_array_begin(&json, "list");
	json_u64(&json, NULL, UINT64_MAX);
	json_bool(&json, NULL, true);
	json_array_end(&json);
	json_hex_u64(&json, "word", 0xe0);
	json_object_end(&json);
	assert_string_equal(text_chars(&out),
			    "{\"a\\\"b\":\"line\\n\\u0001\\\\\","
			    "\"list\":[18446744073709551615,true],"
			    "\"word\":\"00000000000000e0\"}");
	text_free(&out);
}

/* A fresh folder, entered; removed with all its files by leave_folder(). */
static int enter_folder(void **state)
{
	char *folder = strdup("/tmp/uv-base-test-XXXXXX");

	*state = folder;
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave_folder(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", (char *)*state);
	free(*state);
	return chdir("/") == 0 ? system(command) : -1;
}

static void secret_files_have_an_exact_size(void **state)
{
	struct secret *secret;
	struct error err;

	(void)state;
	assert_ok(file_write("key", "0123456789", 10, OUTFILE_KEEP, 0600, &err), &err);
	assert_ok(secret_read_file(&secret, "key", 10, &err), &err);
	assert_memory_equal(secret_view(secret), "0123456789", 10);
	secret_free(secret);
	assert_int_equal(secret_read_file(&secret, "key", 9, &err), ERR_FORMAT);
	assert_null(secret);
	assert_int_equal(secret_read_file(&secret, "key", 11, &err), ERR_FORMAT);
	assert_int_equal(secret_read_file(&secret, "none", 11, &err), ERR_IO);
}

static void secrets_compare(void **state)
{
	struct secret *a = secret_copy("abc", 3), *b = secret_copy("abd", 3);
	struct secret *c = secret_copy("ab", 2);

	(void)state;
	assert_true(secret_equal(a, a));
	assert_false(secret_equal(a, b));
	assert_false(secret_equal(a, c));
	secret_free(a);
	secret_free(b);
	secret_free(c);
}

static void output_keeps_or_replaces(void **state)
{
	struct error err;
	struct stat st;
	uint8_t *data;
	size_t size;

	(void)state;
	umask(0077);
	assert_ok(file_write("out", "old", 3, OUTFILE_KEEP, 0640, &err), &err);
	assert_int_equal(stat("out", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(file_write("out", "new", 3, OUTFILE_KEEP, 0600, &err),
			 ERR_EXISTS);
	assert_ok(file_write("out", "newer", 5, OUTFILE_REPLACE, 0600, &err), &err);
	assert_ok(file_read(&data, &size, "out", 5, &err), &err);
	assert_int_equal(size, 5);
	assert_string_equal((char *)data, "newer");
	free(data);
	assert_int_equal(file_read(&data, &size, "out", 4, &err), ERR_FORMAT);
}

static void output_does_not_follow_links(void **state)
{
	struct error err;
	struct stat st;
	uint8_t *data;
	size_t size;

	(void)state;
	assert_ok(file_write("victim", "precious", 8, OUTFILE_KEEP, 0600, &err), &err);
	assert_int_equal(symlink("victim", "link"), 0);
	assert_int_equal(file_write("link", "x", 1, OUTFILE_KEEP, 0600, &err),
			 ERR_EXISTS);
	assert_ok(file_write("link", "x", 1, OUTFILE_REPLACE, 0600, &err), &err);
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_ok(file_read(&data, &size, "victim", 100, &err), &err);
	assert_string_equal((char *)data, "precious");
	free(data);
}

static void aborted_output_leaves_nothing(void **state)
{
	struct outfile *file;
	struct error err;

	(void)state;
	assert_ok(outfile_open(&file, "gone", OUTFILE_REPLACE, 0600, &err), &err);
	assert_ok(file_write_all(outfile_fd(file), "x", 1, "gone", &err), &err);
	outfile_abort(file);
	assert_int_equal(access("gone", F_OK), -1);
	assert_int_equal(system("test -z \"$(ls -A)\""), 0);
}

static void output_appearing_meanwhile_is_kept(void **state)
{
	struct outfile *file;
	struct error err;
	uint8_t *data;
	size_t size;

	(void)state;
	assert_ok(outfile_open(&file, "race", OUTFILE_KEEP, 0600, &err), &err);
	assert_ok(file_write("race", "first", 5, OUTFILE_KEEP, 0600, &err), &err);
	assert_int_equal(outfile_commit(file, &err), ERR_EXISTS);
	assert_ok(file_read(&data, &size, "race", 100, &err), &err);
	assert_string_equal((char *)data, "first");
	free(data);
}

static void errors_chain(void **state)
{
	struct error err;

	(void)state;
	error_set_errno(&err, ERR_IO, 2, "inner %d", 1);
	assert_int_equal(error_wrap(&err, ERR_IO, "middle"), ERR_IO);
	error_wrap(&err, ERR_IO, "outer");
	assert_string_equal(err.message, "outer");
	assert_string_equal(err.cause, "middle: inner 1: No such file or directory");
	assert_int_equal(error_set(NULL, ERR_AUTH, "x"), ERR_AUTH);
}

#define in_folder(test) \
	cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(big_endian_round_trip),
		cmocka_unit_test(cursor_stops_at_the_end),
		cmocka_unit_test(hex_both_ways),
		cmocka_unit_test(json_escapes_and_nests),
		in_folder(secret_files_have_an_exact_size),
		cmocka_unit_test(secrets_compare),
		in_folder(output_keeps_or_replaces),
		in_folder(output_does_not_follow_links),
		in_folder(aborted_output_leaves_nothing),
		in_folder(output_appearing_meanwhile_is_kept),
		cmocka_unit_test(errors_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
