/* SPDX-License-Identifier: MIT */
/* JSON from others: what is taken, what is refused, what is found in it. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_read.h"
#include "base/text.h"

/* Parses a copy of exactly the right size, so that a sanitizer sees reads behind it. */
static int parse(struct json_value *value, char **copy, const char *text, struct error *err)
{
	size_t size = strlen(text);

	*copy = malloc(size + 1);
	assert_non_null(*copy);
	*copy = realloc(*copy, size ? size : 1);
	memcpy(*copy, text, size);
	return json_read(value, *copy, size, err);
}

static void takes_each_kind(void **state)
{
	static const struct {
		const char *text;
		enum json_kind kind;
	} cases[] = {
		{ "{}", JSON_OBJECT }, { "[]", JSON_ARRAY }, { "\"\"", JSON_STRING },
		{ "0", JSON_NUMBER }, { "-12.5e+3", JSON_NUMBER }, { "1E9", JSON_NUMBER },
		{ "true", JSON_BOOL }, { "false", JSON_BOOL }, { "null", JSON_NULL },
		{ " \t\r\n{ } \n", JSON_OBJECT },
		{ "[1,[2,[3]],{\"a\":[{}]}]", JSON_ARRAY },
		{ "\"\\u00e4 \\ud83d\\ude00 \\\" \\/ \xc3\xa4 \xf0\x9f\x98\x80\"", JSON_STRING },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json_value value;
		struct error err;
		char *copy;

		assert_ok(parse(&value, &copy, cases[i].text, &err), &err);
		assert_int_equal(value.kind, cases[i].kind);
		free(copy);
	}
}

static void refuses_what_is_none(void **state)
{
	static const char *const cases[] = {
		"", " ", "{", "}", "[", "]", "[1,]", "[,1]", "[1 2]", "{\"a\"}",
		"{\"a\":}", "{\"a\":1,}", "{,}", "{a:1}", "{1:2}", "{\"a\":1 \"b\":2}",
		"{} {}", "1 2", "01", "+1", "-", "1.", ".5", "1e", "1e+", "0x10", "1_000",
		"tru", "True", "nul", "nan", "Infinity", "undefined", "'a'",
		"\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"",
		"\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\\u0000\"", "\"\n\"", "\"\t\"",
		"\"\x80\"", "\"\xc0\x80\"", "\"\xc3\"", "\"\xe0\x80\x80\"",
		"\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xff\"",
		"{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "/* c */ 1", "// c\n1",
		"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json_value value;
		struct error err = { 0 };
		char *copy;

		if (parse(&value, &copy, cases[i], &err) != ERR_FORMAT)
			fail_msg("'%s' was taken", cases[i]);
		assert_non_null(strstr(err.message, "Invalid JSON"));
		assert_non_null(strstr(err.cause, "offset"));
		free(copy);
	}
}

static void refuses_too_much(void **state)
{
	struct json_value value;
	struct text many = { 0 };
	struct error err;
	char *huge = calloc(1, JSON_READ_MAX_SIZE + 1);

	(void)state;
	assert_non_null(huge);
	memset(huge, ' ', JSON_READ_MAX_SIZE + 1);
	huge[0] = '1';
	assert_int_equal(json_read(&value, huge, JSON_READ_MAX_SIZE + 1, &err), ERR_FORMAT);
	assert_ok(json_read(&value, huge, JSON_READ_MAX_SIZE, &err), &err);
	free(huge);
	text_add(&many, "{");
	for (unsigned i = 0; i < 256; i++)
		text_addf(&many, "%s\"%u\":0", i ? "," : "", i);
	text_add(&many, "}");
	assert_ok(json_read(&value, many.chars, many.length, &err), &err);
	many.chars[many.length - 1] = ',';
	text_add(&many, "\"x\":0}");
	assert_int_equal(json_read(&value, many.chars, many.length, &err), ERR_FORMAT);
	text_free(&many);
}

static const char document[] =
	"{ \"first\" : true, \"no\": false, \"text\":\"a\\\"b}\\\\\", \"list\":[1, \"two\" ,"
	"{\"three\":[3]} ,null],\"\\u0061\\u00e4\":18446744073709551615, \"empty\":[], "
	"\"last\":{\"in\":{\"side\":\"x\"}}}";

static void finds_members(void **state)
{
	struct json_value value, member;
	struct error err;
	uint64_t number;
	char text[16];
	bool yes;

	(void)state;
	assert_ok(json_read(&value, document, strlen(document), &err), &err);
	assert_true(json_get_bool(&yes, json_member(value, "first")) && yes);
	assert_true(json_get_bool(&yes, json_member(value, "no")) && !yes);
	assert_true(json_get_string(text, sizeof(text), json_member(value, "text")));
	assert_string_equal(text, "a\"b}\\");
	assert_true(json_get_u64(&number, json_member(value, "a\xc3\xa4")));
	assert_true(number == UINT64_MAX);
	member = json_member(json_member(json_member(value, "last"), "in"), "side");
	assert_true(json_get_string(text, sizeof(text), member));
	assert_string_equal(text, "x");
	assert_int_equal(json_member(value, "side").kind, JSON_ABSENT);
	assert_int_equal(json_member(value, "in").kind, JSON_ABSENT);
	assert_int_equal(json_member(json_member(value, "list"), "three").kind, JSON_ABSENT);
	assert_int_equal(json_member(json_member(value, "none"), "x").kind, JSON_ABSENT);
}

static void walks_lists(void **state)
{
	struct json_value value, list, element;
	struct error err;
	size_t count = 0;
	uint64_t number;

	(void)state;
	assert_ok(json_read(&value, document, strlen(document), &err), &err);
	list = json_member(value, "list");
	element = json_first(list);
	assert_true(json_get_u64(&number, element) && number == 1);
	for (; element.kind != JSON_ABSENT; element = json_next(list, element))
		count++;
	assert_int_equal(count, 4);
	assert_int_equal(json_first(json_member(value, "empty")).kind, JSON_ABSENT);
	assert_int_equal(json_first(value).kind, JSON_ABSENT);
}

static void says_no_to_other_kinds(void **state)
{
	static const char *const no_numbers[] = {
		"-1", "1.0", "1e2", "18446744073709551616", "\"1\"", "true", "null",
	};
	struct json_value value;
	struct error err;
	uint64_t number;
	char text[4];
	bool yes;

	(void)state;
	for (size_t i = 0; i < sizeof(no_numbers) / sizeof(no_numbers[0]); i++) {
		assert_ok(json_read(&value, no_numbers[i], strlen(no_numbers[i]), &err), &err);
		assert_false(json_get_u64(&number, value));
	}
	assert_ok(json_read(&value, "\"true\"", 6, &err), &err);
	assert_false(json_get_bool(&yes, value));
	assert_false(json_get_string(text, sizeof(text), value)); /* no room for the NUL */
	assert_ok(json_read(&value, "\"tru\"", 5, &err), &err);
	assert_true(json_get_string(text, sizeof(text), value));
	assert_ok(json_read(&value, "1", 1, &err), &err);
	assert_false(json_get_string(text, sizeof(text), value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_each_kind),
		cmocka_unit_test(refuses_what_is_none),
		cmocka_unit_test(refuses_too_much),
		cmocka_unit_test(finds_members),
		cmocka_unit_test(walks_lists),
		cmocka_unit_test(says_no_to_other_kinds),
	};

	return cmocka_run_group_tests_name("json_read", tests, NULL, NULL);
}
