/* SPDX-License-Identifier: MIT */
/* Files beside add-secret requests: ID files and CUIDs. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "secret/cuid_file.h"
#include "secret/id_file.h"

#define ID "0x8254c329a92850f6d539dd376f4816ee2764517da5e0235514af433164480d7a"
#define CUID "00112233445566778899aabbccddeeff"

/* --- ID files ------------------------------------------------------------------------ */

static int parse_id(struct id_file *file, const char *text, struct error *err)
{
	return id_file_parse(file, text, strlen(text), "id.yaml", err);
}

static void ibm_id_files_are_read(void **state)
{
	struct id_file file;
	struct error err;

	(void)state;
	assert_ok(parse_id(&file, "!Association\nname: key\nid: " ID "\n", &err), &err);
	assert_int_equal(file.type, SECRET_ASSOCIATION);
	assert_int_equal(file.id[0], 0x82);
	assert_ok(parse_id(&file, "!Retrievable\nkind: 5 (AES-192-KEY)\nname: my key\nid: " ID "\n",
			   &err), &err);
	assert_int_equal(file.type, SECRET_AES_192);
	/* As other programs may write it. */
	assert_ok(parse_id(&file, "--- !Retrievable {id: '" ID "', name: \"\", kind: 3, more: [1]}\n...\n",
			   &err), &err);
	assert_int_equal(file.type, SECRET_PLAINTEXT);
}

static void other_files_are_no_id_files(void **state)
{
	static const char *const texts[] = {
		"", "\n", "---\n", "# only a remark\n", "name", ID "\n", "\xff\xfe", "a: b: c\n",
		"name: key\nid: " ID "\n",                         /* no tag */
		"!Other\nname: key\nid: " ID "\n",
		"!Association " ID "\n",                             /* no mapping */
		"!Association\n- name: key\n- id: " ID "\n",
		"!Association\nname: key\n",                         /* no ID */
		"!Association\nid: " ID "\n",                        /* no name */
		"!Association\nname: key\nid: 0x1234\n",
		"!Association\nname: key\nid: " ID "00\n",
		"!Association\nname: key\nid: \"" ID "\\0\"\n",
		"!Association\nname: key\nid: [" ID "]\n",
		"!Association\nname: key\nid: " ID "\nid: " ID "\n", /* twice */
		"!Association\nname: &a key\nid: *b\n",
		"!Association\nname: key\nid: " ID "\n---\nmore\n",  /* two documents */
		"!Retrievable\nname: key\nid: " ID "\n",             /* no kind */
		"!Retrievable\nkind:\nname: key\nid: " ID "\n",
		"!Retrievable\nkind: 0\nname: key\nid: " ID "\n",
		"!Retrievable\nkind: 1\nname: key\nid: " ID "\n",
		"!Retrievable\nkind: 2\nname: key\nid: " ID "\n",
		"!Retrievable\nkind: 22\nname: key\nid: " ID "\n",
		"!Retrievable\nkind: 65539\nname: key\nid: " ID "\n",
		"!Retrievable\nkind: 000003\nname: key\nid: " ID "\n",
		"!Retrievable\nkind: -3\nname: key\nid: " ID "\n",
		"!Retrievable\nkind: 3(PLAINTEXT)\nname: key\nid: " ID "\n",
	};
	struct id_file file;
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (parse_id(&file, texts[i], &err) != ERR_FORMAT)
			fail_msg("taken: %s", texts[i]);
}

static void assert_reads_back(const char *name)
{
	struct guest_secret secret;
	struct text out = { 0 };
	struct id_file file;
	struct error err;

	assert_ok(guest_secret_association(&secret, NULL, &err), &err);
	assert_ok(guest_secret_name(&secret, name, true, &err), &err);
	assert_ok(id_file_format(&out, &secret, name, &err), &err);
	assert_ok(parse_id(&file, text_chars(&out), &err), &err);
	assert_memory_equal(file.id, secret.id, SECRET_ID_SIZE);
	assert_int_equal(file.type, SECRET_ASSOCIATION);
	text_free(&out);
	guest_secret_free(&secret);
}

static void what_is_written_reads_back(void **state)
{
	static const char *const names[] = {
		"key", "my secret", "", " ", "~", "null", "12", "a: b", "a #b", "'", "\"", "- a",
		"!tag", "&a", "*a", "{", "[", "%", "@", "`", "|", ">", "two\nlines", "\t", "\x7f",
		"\xc3\xa9", "\xc2\x85x", "\xe2\x80\xa8x", "\xef\xbb\xbfx", "\xf0\x9f\x94\x91", "\xef\xbf\xbe", "\xf4\x8f\xbf\xbf",
		"a\\b", "---", "...", "? a", ", a", "a:", ":a",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_reads_back(names[i]);
}

static void names_are_utf8(void **state)
{
	static const char *const names[] = { "\xff", "a\xc3", "\xc0\x80", "\xed\xa0\x80", "\x80",
					 "\xf4\x90\x80\x80", "\xf6\x91\x9e\x99", "\xe0\x80\x80" };
	struct guest_secret secret;
	struct text out = { 0 };
	struct error err;

	(void)state;
	assert_ok(guest_secret_association(&secret, NULL, &err), &err);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(id_file_format(&out, &secret, names[i], &err), ERR_INVALID);
		text_free(&out);
	}
	guest_secret_free(&secret);
}

static void assert_path(const char *beside, const char *name, const char *expected)
{
	struct error err;
	char *path;

	assert_ok(id_file_path(&path, beside, name, &err), &err);
	assert_string_equal(path, expected);
	free(path);
}

static void paths_lie_beside_the_request(void **state)
{
	struct error err;
	char *path;

	(void)state;
	assert_path("req", "key", "key.yaml");
	assert_path("-", "key", "key.yaml");
	assert_path("/a/b.c/req", "key", "/a/b.c/key.yaml");
	assert_path("a/", "key.v1", "a/key.yaml");
	assert_path("req", "my secret\tkey", "my_secret_key.yaml");
	assert_path("out/req", "../../etc/x.y", "out/.._.._etc_x.yaml");
	assert_path("req", "..", "..yaml");
	assert_path("req", ".", "..yaml");
	assert_path("req", ".hidden", ".hidden.yaml");
	assert_int_equal(id_file_path(&path, "req", "", &err), ERR_INVALID);
}

/* --- CUIDs ----------------------------------------------------------------------------- */

static int parse_cuid(const char *text, struct error *err)
{
	uint8_t cuid[ASRCB_CUID_SIZE] = { 0 };
	int rc = cuid_from_bytes(cuid, text, strlen(text), "cuid.yaml", err);

	if (rc == 0)
		assert_int_equal(cuid[1] << 8 | cuid[15], 0x11ff);
	return rc;
}

static void cuids_are_found(void **state)
{
	static const char *const texts[] = {
		"0x" CUID "\n", "'0x" CUID "'", "\"0x" CUID "\"\n",
		"cuid: '0x" CUID "'\n",
		"cuid: 0x" CUID "\n",
		"add: 0x00\ncuid: \"0x" CUID "\"\nuser_data: 0x00\n",
		"a:\n  b:\n    c:\n      cuid: '0x" CUID "'\n",
		"{\"a\": {\"cuid\": \"0x" CUID "\"}}",
		/* The outer one before the inner, then the first. */
		"a:\n  cuid: '0x00000000000000000000000000000000'\ncuid: '0x" CUID "'\n",
		"a:\n  cuid: '0x" CUID "'\nb:\n  cuid: '0x00000000000000000000000000000000'\n",
		/* An entry that is no string ends the search in its branch only. */
		"a:\n  cuid: [1]\n  d:\n    cuid: '0x00'\nb:\n  cuid: '0x" CUID "'\n",
		"a: &x\n  b: 1\nc: *x\nd:\n  cuid: '0x" CUID "'\n",
		"1:\n  2:\n    3:\n      4:\n        5:\n          6:\n            7:\n              cuid: '0x" CUID "'\n",
	};
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_ok(parse_cuid(texts[i], &err), &err);
}

static void cuids_are_not_found(void **state)
{
	static const char *const texts[] = {
		"", "cuid", CUID, "cuid: " CUID, "cuid: '0x" CUID "0'", "cuid: '0x'", "cuid:",
		"Cuid: '0x" CUID "'", "cuid: ['0x" CUID "']", "- cuid: '0x" CUID "'",
		"a:\n- cuid: '0x" CUID "'", "cuid: 'x", "cuid: '0x" CUID "'\n---\na: b\n",
		"cuid: '0x0011223344556677 8899aabbccddeeff'", "cuid: '0X" CUID "'",
		"1:\n  2:\n    3:\n      4:\n        5:\n          6:\n            7:\n              8:\n                cuid: '0x" CUID "'\n",
		"a: &a\n  b: *a\n", /* goes round in circles */
	};
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (parse_cuid(texts[i], &err) != ERR_FORMAT)
			fail_msg("taken: %s", texts[i]);
}

/* Nine levels of nine aliases each: 300 bytes, but a tree of a billion nodes. */
static void aliases_do_not_multiply(void **state)
{
	struct text bomb = { 0 };
	struct error err;

	(void)state;
	text_add(&bomb, "l0: &l0 {a: 1}\n");
	for (int level = 1; level < 9; level++) {
		text_addf(&bomb, "l%d: &l%d {", level, level);
		for (int i = 0; i < 9; i++)
			text_addf(&bomb, "%sk%d: *l%d", i ? ", " : "", i, level - 1);
		text_add(&bomb, "}\n");
	}
	assert_int_equal(parse_cuid(text_chars(&bomb), &err), ERR_FORMAT);
	text_free(&bomb);
}

static void raw_bytes_are_a_cuid(void **state)
{
	uint8_t cuid[ASRCB_CUID_SIZE];
	struct error err;

	(void)state;
	/* 16 bytes are taken as they are, even where they look like YAML. */
	assert_ok(cuid_from_bytes(cuid, "cuid: '0x001122'", 16, "raw", &err), &err);
	assert_memory_equal(cuid, "cuid: '0x001122'", 16);
	assert_int_equal(cuid_from_bytes(cuid, "\0\1\2", 3, "raw", &err), ERR_FORMAT);
}

static void digits_are_a_cuid(void **state)
{
	uint8_t cuid[ASRCB_CUID_SIZE];
	struct error err;

	(void)state;
	assert_ok(cuid_from_hex(cuid, CUID, &err), &err);
	assert_ok(cuid_from_hex(cuid, "0x" CUID, &err), &err);
	assert_int_equal(cuid[1], 0x11);
	assert_int_equal(cuid_from_hex(cuid, CUID "0", &err), ERR_FORMAT);
	assert_int_equal(cuid_from_hex(cuid, CUID + 1, &err), ERR_FORMAT);
	assert_int_equal(cuid_from_hex(cuid, "", &err), ERR_FORMAT);
	assert_int_equal(cuid_from_hex(cuid, "0x0x" CUID, &err), ERR_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ibm_id_files_are_read),
		cmocka_unit_test(other_files_are_no_id_files),
		cmocka_unit_test(what_is_written_reads_back),
		cmocka_unit_test(names_are_utf8),
		cmocka_unit_test(paths_lie_beside_the_request),
		cmocka_unit_test(cuids_are_found),
		cmocka_unit_test(cuids_are_not_found),
		cmocka_unit_test(aliases_do_not_multiply),
		cmocka_unit_test(raw_bytes_are_a_cuid),
		cmocka_unit_test(digits_are_a_cuid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
