/* SPDX-License-Identifier: MIT */
/* Files with appended signatures, taken apart and put together. */
#include "unit.h"

#include <string.h>

#include "ipl/appended.h"

#define CONTENT "what is signed"
#define CONTENT_SIZE (sizeof(CONTENT) - 1)
#define SIGNATURE "signature"
#define SIGNATURE_SIZE (sizeof(SIGNATURE) - 1)

/* A file in the making. */
struct file {
	uint8_t bytes[512];
	size_t size;
};

static void put(struct file *file, const void *bytes, size_t size)
{
	assert_true(size <= sizeof(file->bytes) - file->size);
	memcpy(file->bytes + file->size, bytes, size);
	file->size += size;
}

static void put_signature(struct file *file)
{
	struct appended_trailer trailer = appended_trailer(SIGNATURE_SIZE);

	put(file, SIGNATURE, SIGNATURE_SIZE);
	put(file, &trailer, sizeof(trailer));
}

static struct file signed_file(void)
{
	struct file file = { 0 };

	put(&file, CONTENT, CONTENT_SIZE);
	put_signature(&file);
	return file;
}

static int split(struct appended *parts, const struct file *file, struct error *err)
{
	return appended_split(parts, file->bytes, file->size, "file", err);
}

static void the_trailer_is_as_linux_has_it(void **state)
{
	const struct appended_trailer trailer = appended_trailer(0x01020304);
	static const uint8_t head[12] = { 0, 0, 2, 0, 0, 0, 0, 0, 1, 2, 3, 4 };

	(void)state;
	assert_memory_equal(&trailer, head, sizeof(head));
	assert_memory_equal(trailer.magic, "~Module signature appended~\n", 28);
}

static void parts_lie_in_the_file(void **state)
{
	struct file file = signed_file();
	struct appended parts;
	struct error err;

	(void)state;
	assert_ok(split(&parts, &file, &err), &err);
	assert_ptr_equal(parts.content, file.bytes);
	assert_int_equal(parts.content_size, CONTENT_SIZE);
	assert_ptr_equal(parts.signature, file.bytes + CONTENT_SIZE);
	assert_int_equal(parts.signature_size, SIGNATURE_SIZE);
}

static void without_magic_all_is_content(void **state)
{
	struct file file = signed_file();
	struct appended parts;
	struct error err;

	(void)state;
	/* Each single byte of the magic counts; so does its place at the very end. */
	for (size_t i = 1; i <= APPENDED_MAGIC_SIZE; i++) {
		file.bytes[file.size - i] ^= 1;
		assert_ok(split(&parts, &file, &err), &err);
		assert_int_equal(parts.content_size, file.size);
		assert_null(parts.signature);
		file.bytes[file.size - i] ^= 1;
	}
	put(&file, "", 1);
	assert_ok(split(&parts, &file, &err), &err);
	assert_null(parts.signature);
}

static void short_files_have_no_trailer(void **state)
{
	struct file file = signed_file();
	struct appended parts;
	struct error err;

	(void)state;
	/* The last bytes, up to one byte less than a trailer. */
	for (size_t size = 0; size < sizeof(struct appended_trailer); size++) {
		assert_ok(appended_split(&parts, file.bytes + file.size - size, size, "file", &err),
			  &err);
		assert_int_equal(parts.content_size, size);
		assert_null(parts.signature);
	}
}

/* Sets one byte of the trailer. */
static void expect_damaged(size_t offset, uint8_t value)
{
	struct file file = signed_file();
	struct appended parts;

	file.bytes[file.size - sizeof(struct appended_trailer) + offset] = value;
	assert_int_equal(split(&parts, &file, NULL), ERR_FORMAT);
}

static void damage_is_named(void **state)
{
	(void)state;
	for (size_t offset = 0; offset < offsetof(struct appended_trailer, signature_size);
	     offset++)
		expect_damaged(offset, offset == offsetof(struct appended_trailer, id_type) ? 1 : 0x80);
	expect_damaged(0x08, 0xff);                              /* far too long */
	expect_damaged(0x0b, CONTENT_SIZE + SIGNATURE_SIZE + 1); /* one byte too long */
	expect_damaged(0x0b, 0);
}

static void a_signature_may_be_all_there_is(void **state)
{
	struct file file = { 0 };
	struct appended parts;
	struct error err;

	(void)state;
	put_signature(&file);
	assert_ok(split(&parts, &file, &err), &err);
	assert_int_equal(parts.content_size, 0);
	assert_int_equal(parts.signature_size, SIGNATURE_SIZE);
}

static void stripping_takes_all_signatures(void **state)
{
	struct file file = signed_file();
	struct appended parts;
	struct error err;

	(void)state;
	put_signature(&file);
	put_signature(&file);
	assert_ok(split(&parts, &file, &err), &err);
	assert_true(parts.content_size > CONTENT_SIZE);
	assert_ok(appended_strip(&parts, file.bytes, file.size, "file", &err), &err);
	assert_int_equal(parts.content_size, CONTENT_SIZE);
	assert_null(parts.signature);
	/* Damage further in is found as well. */
	file.bytes[CONTENT_SIZE + SIGNATURE_SIZE] = 1;
	assert_int_equal(appended_strip(&parts, file.bytes, file.size, "file", &err), ERR_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_trailer_is_as_linux_has_it),
		cmocka_unit_test(parts_lie_in_the_file),
		cmocka_unit_test(without_magic_all_is_content),
		cmocka_unit_test(short_files_have_no_trailer),
		cmocka_unit_test(damage_is_named),
		cmocka_unit_test(a_signature_may_be_all_there_is),
		cmocka_unit_test(stripping_takes_all_signatures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
