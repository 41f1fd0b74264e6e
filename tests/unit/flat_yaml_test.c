/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/flat_yaml.h"

static void yaml_reads_names_and_values(void **state)
{
	static const char text[] = "# remark\na: 1\n'b': \"two words\"\nc: ''\n";
	struct flat_yaml yaml;
	struct error err;
	const char *value;

	(void)state;
	assert_ok(flat_yaml_parse(&yaml, text, strlen(text), "x", &err), &err);
	assert_int_equal(yaml.count, 3);
	assert_string_equal(flat_yaml_get(&yaml, "b"), "two words");
	assert_string_equal(flat_yaml_get(&yaml, "c"), "");
	assert_null(flat_yaml_get(&yaml, "d"));
	assert_string_equal(flat_yaml_unknown(&yaml)->name, "a");
	assert_int_equal(flat_yaml_unknown(&yaml)->line, 2);
	assert_ok(flat_yaml_require(&value, &yaml, "a", "x", &err), &err);
	assert_string_equal(value, "1");
	assert_null(flat_yaml_unknown(&yaml));
	assert_int_equal(flat_yaml_require(&value, &yaml, "d", "x", &err), ERR_FORMAT);
	flat_yaml_free(&yaml);
}

static void yaml_values_survive_quoting(void **state)
{
	static const char nasty[] = "/tmp/a \"b\" \\c: #d 'e' \xc3\xbc";
	struct text out = { 0 };
	struct flat_yaml yaml;
	struct error err;

	(void)state;
	flat_yaml_add(&out, "path", nasty);
	assert_ok(flat_yaml_parse(&yaml, text_chars(&out), out.length, "x", &err), &err);
	assert_string_equal(flat_yaml_get(&yaml, "path"), nasty);
	flat_yaml_free(&yaml);
	text_free(&out);
}

/* What the reader refuses, it refuses also as we write it. */
static void yaml_values_do_not_change(void **state)
{
	static const char *const values[] = { "/a\nb", "/a\tb", "/a\rb", "/a\x7f", "\x1b[31m" };
	struct flat_yaml yaml;
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct text out = { 0 };

		flat_yaml_add(&out, "path", values[i]);
		assert_int_equal(flat_yaml_parse(&yaml, text_chars(&out), out.length, "x",
						 &err), ERR_FORMAT);
		assert_non_null(strstr(err.message, "control"));
		text_free(&out);
	}
}

static void yaml_refuses_everything_else(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "empty" },
		{ "# only a remark\n", "empty" },
		{ "just text\n", "name: value" },
		{ "- a\n- b\n", "name: value" },
		{ "a: [1, 2]\n", "plain values" },
		{ "a: {b: c}\n", "plain values" },
		{ "a:\n  b: c\n", "plain values" },
		{ "[a]: b\n", "plain values" },
		{ "a: &x 1\n", "anchors" },
		{ "a: &x 1\nb: *x\n", "anchors" },
		{ "a: 1\nb: *x\n", "plain values" },
		{ "&x a: 1\n", "anchors" },
		{ "&x\na: 1\n", "anchors" },
		{ "a: !!str 1\n", "tags" },
		{ "!!map {a: 1}\n", "tags" },
		{ "a: 1\na: 2\n", "twice" },
		{ "'': 1\n", "empty" },
		{ "a: \"x\\0y\"\n", "control" },
		{ "a: \"x\\ny\"\n", "control" },
		{ "a: \"\\e[31m\"\n", "control" },
		{ "a: \"\\N\"\n", "control" },
		{ "a: \"x\\L\"\n", "control" },
		{ "a: \"x\\P\"\n", "control" },
		{ "a: \"\\x9b31m\"\n", "control" },
		{ "a: \"\\uFFFE\"\n", "control" },
		{ "a: \"\\uFEFF\"\n", "control" },
		{ "a: |\n  x\n  y\n", "control" },
		{ "a: 1\n---\nb: 2\n", "one document" },
		{ "a: 1\n...\njunk\n", "line 3" },
		{ "a: 'unfinished\n", "valid YAML" },
		{ "a: \xff\xfe\n", "valid YAML" },
		{ "a: 1\n\tb: 2\n", "valid YAML" },
		{ "<<: {a: 1}\n", "plain values" },
	};
	struct flat_yaml yaml;
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int rc = flat_yaml_parse(&yaml, cases[i].text, strlen(cases[i].text), "f",
					 &err);

		if (rc != ERR_FORMAT || !strstr(err.message, cases[i].why))
			fail_msg("case %zu: rc %d, %s", i, rc, err.message);
		assert_int_equal(yaml.count, 0);
	}
}

static void yaml_has_limits(void **state)
{
	struct text out = { 0 };
	struct flat_yaml yaml;
	struct error err;
	char value[FLAT_YAML_MAX_VALUE + 2];

	(void)state;
	for (int i = 0; i < FLAT_YAML_MAX_ENTRIES; i++)
		text_addf(&out, "n%d: v\n", i);
	assert_ok(flat_yaml_parse(&yaml, text_chars(&out), out.length, "f", &err), &err);
	flat_yaml_free(&yaml);
	text_add(&out, "one: more\n");
	assert_int_equal(flat_yaml_parse(&yaml, text_chars(&out), out.length, "f", &err),
			 ERR_FORMAT);
	assert_non_null(strstr(err.message, "too many"));
	text_free(&out);

	memset(value, 'v', sizeof(value));
	value[FLAT_YAML_MAX_VALUE] = '\0';
	flat_yaml_add(&out, "a", value);
	assert_ok(flat_yaml_parse(&yaml, text_chars(&out), out.length, "f", &err), &err);
	flat_yaml_free(&yaml);
	text_free(&out);
	value[FLAT_YAML_MAX_VALUE] = 'v';
	value[FLAT_YAML_MAX_VALUE + 1] = '\0';
	flat_yaml_add(&out, "a", value);
	assert_int_equal(flat_yaml_parse(&yaml, text_chars(&out), out.length, "f", &err),
			 ERR_FORMAT);
	text_free(&out);
	value[FLAT_YAML_MAX_NAME + 1] = '\0';
	flat_yaml_add(&out, value, "a");
	assert_int_equal(flat_yaml_parse(&yaml, text_chars(&out), out.length, "f", &err),
			 ERR_FORMAT);
	text_free(&out);
	for (int i = 0; i <= FLAT_YAML_MAX_SIZE; i++)
		text_add(&out, "#");
	assert_int_equal(flat_yaml_parse(&yaml, text_chars(&out), out.length, "f", &err),
			 ERR_FORMAT);
	assert_non_null(strstr(err.message, "larger"));
	text_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(yaml_reads_names_and_values),
		cmocka_unit_test(yaml_values_survive_quoting),
		cmocka_unit_test(yaml_values_do_not_change),
		cmocka_unit_test(yaml_refuses_everything_else),
		cmocka_unit_test(yaml_has_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
