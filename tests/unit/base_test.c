/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/be.h"
#include "base/cursor.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/json.h"
#include "base/secret.h"
#include "folder.h"

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
	json_text(&json, "a\"b", "line\n\x01\\");
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

static void json_is_utf8(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "z\xc3\xbcrich \xe2\x82\xac \xf0\x9f\x92\x9c", "z\xc3\xbcrich \xe2\x82\xac \xf0\x9f\x92\x9c" },
		{ "\xf4\x8f\xbf\xbf\xed\x9f\xbf\xee\x80\x80", "\xf4\x8f\xbf\xbf\xed\x9f\xbf\xee\x80\x80" },
		{ "z\xfcrich", "z\xef\xbf\xbdrich" },
		{ "\x80", "\xef\xbf\xbd" },
		{ "\xc3", "\xef\xbf\xbd" },                /* cut off */
		{ "\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd" }, /* overlong */
		{ "\xe0\x80\xaf", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" }, /* surrogate */
		{ "\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct text out = { 0 }, expected = { 0 };
		struct json json = json_to(&out, false);

		json_text(&json, NULL, rows[i].in);
		text_addf(&expected, "\"%s\"", rows[i].out);
		assert_string_equal(text_chars(&out), text_chars(&expected));
		text_free(&expected);
		text_free(&out);
	}
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
	assert_int_equal(secret_read_file(&secret, "none", 11, &err), ERR_NOT_FOUND);
	assert_int_equal(secret_read_file(&secret, ".", 11, &err), ERR_IO);
	assert_null(secret);
}

static void secret_files_have_a_limit(void **state)
{
	struct secret *secret;
	struct error err;

	(void)state;
	assert_ok(file_write("key", "0123456789", 10, OUTFILE_KEEP, 0600, &err), &err);
	assert_ok(secret_read(&secret, "key", 100, &err), &err);
	assert_int_equal(secret_size(secret), 10);
	assert_memory_equal(secret_view(secret), "0123456789", 10);
	secret_free(secret);
	assert_ok(secret_read(&secret, "key", 10, &err), &err);
	secret_free(secret);
	assert_int_equal(secret_read(&secret, "key", 9, &err), ERR_FORMAT);
	assert_null(secret);
	assert_int_equal(secret_read(&secret, "none", 9, &err), ERR_NOT_FOUND);
}

/* The other process finds zeros. */
static void secrets_stay_in_their_process(void **state)
{
	struct secret *secret = secret_copy("precious", 8);
	const uint8_t *bytes = secret_view(secret);
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		for (int i = 0; i < 8; i++)
			if (bytes[i])
				_exit(1);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_memory_equal(bytes, "precious", 8);
	secret_free(secret);
}

/* That is what core dumps and debuggers ask the kernel about. */
static void process_can_hide(void **state)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	const int hidden = 1; /* sanitizers have to look into it */
#else
	const int hidden = 0;
#endif

	(void)state;
	assert_int_equal(prctl(PR_GET_DUMPABLE), 1);
	secret_hide_process();
	assert_int_equal(prctl(PR_GET_DUMPABLE), hidden);
	assert_int_equal(prctl(PR_SET_DUMPABLE, 1), 0);
}

static void texts_grow_and_end(void **state)
{
	struct text text = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++)
		text_addf(&text, "%03d ", i);
	assert_true(text_ok(&text));
	assert_int_equal(text.length, 4000);
	assert_memory_equal(text_chars(&text) + 4 * 567, "567 ", 4);
	text_free(&text);
	assert_string_equal(text_chars(&text), "");
	text_add_bytes(&text, "", SIZE_MAX / 2);
	assert_false(text_ok(&text));
	text_free(&text);
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

static void errors_chain(void **state)
{
	struct error err;

	(void)state;
	error_set_errno(&err, ERR_IO, 2, "inner %d", 1);
	assert_int_equal(error_wrap(&err, ERR_IO, "middle"), ERR_IO);
	error_wrap(&err, ERR_IO, "outer");
	assert_string_equal(err.message, "outer");
	assert_string_equal(err.cause, "middle: inner 1: No such file or directory");
	for (int i = 0; i < 200; i++)
		error_wrap(&err, ERR_FORMAT, "layer %d", i);
	assert_int_equal(err.code, ERR_FORMAT);
	assert_int_equal(strlen(err.cause), sizeof(err.cause) - 1);
	assert_int_equal(strncmp(err.cause, "layer 198: layer 197: ", 22), 0);
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
		cmocka_unit_test(json_is_utf8),
		in_folder(secret_files_have_an_exact_size),
		in_folder(secret_files_have_a_limit),
		cmocka_unit_test(secrets_stay_in_their_process),
		cmocka_unit_test(process_can_hide),
		cmocka_unit_test(texts_grow_and_end),
		cmocka_unit_test(secrets_compare),
		cmocka_unit_test(errors_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
