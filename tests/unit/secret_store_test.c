/* SPDX-License-Identifier: MIT */
/* The guest's side of the secret store, with a kernel whose answers we choose. */
#include "unit.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/text.h"
#include "secret/store.h"
#include "secret_fixture.h"
#include "uvdevice/uvdevice.h"

/* What the next ioctls of each command do. */
static struct {
	size_t page_limit;         /* longest list the kernel takes */
	unsigned stored, total;    /* what the header says */
	uint16_t list_rc, rc;      /* of lists, of all else */
	int errnum;
	unsigned lists, adds, locks, retrieves; /* how often called */
	size_t size;               /* of the last argument */
	unsigned index;            /* that was retrieved */
} kernel;

static void fill_list(void *argument, size_t size)
{
	struct secret_list_header *header = argument;
	struct secret_list_entry *entries = (struct secret_list_entry *)(header + 1);
	size_t room = (size - sizeof(*header)) / sizeof(*entries);

	header->stored = be16((uint16_t)kernel.stored);
	header->total = be16((uint16_t)kernel.total);
	for (size_t i = 0; i < kernel.stored && i < room; i++) {
		entries[i].index = be16((uint16_t)(2 * i));
		entries[i].type = be16(SECRET_AES_128);
		entries[i].id[0] = (uint8_t)(i % 4);
	}
}

/* In place of the C library's. */
int ioctl(int fd, unsigned long request, ...)
{
	struct uvdevice_block *block;
	void *argument;
	be16_t index;
	va_list ap;

	(void)fd;
	va_start(ap, request);
	block = va_arg(ap, struct uvdevice_block *);
	va_end(ap);
	argument = (void *)(uintptr_t)block->argument;
	kernel.size = block->argument_size;
	block->rc = kernel.rc;
	errno = kernel.errnum;
	switch (request - UVDEVICE_IOCTL(0)) {
	case UVDEVICE_LIST_SECRETS:
		kernel.lists++;
		if (block->argument_size > kernel.page_limit) {
			errno = EINVAL;
			return -1;
		}
		block->rc = kernel.list_rc;
		fill_list(argument, block->argument_size);
		break;
	case UVDEVICE_ADD_SECRET:
		kernel.adds++;
		break;
	case UVDEVICE_LOCK_SECRETS:
		kernel.locks++;
		break;
	case UVDEVICE_RETRIEVE_SECRET:
		kernel.retrieves++;
		memcpy(&index, argument, sizeof(index));
		kernel.index = be16_get(index);
		memset(argument, 0x5a, block->argument_size);
		break;
	}
	return kernel.errnum ? -1 : 0;
}

static void emit(void *context, enum log_level level, const char *text)
{
	(void)level;
	text_addf(context, "%s\n", text);
}

static struct text remarks;
static const struct log remark_log = { emit, &remarks };

static int reset(void **state)
{
	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	kernel.page_limit = 16384;
	kernel.list_rc = kernel.rc = UVDEVICE_RC_EXECUTED;
	text_free(&remarks);
	return 0;
}

static void lists_four_pages(void **state)
{
	struct store_list list;
	struct error err;

	(void)state;
	kernel.stored = kernel.total = 341;
	assert_ok(store_list(&list, 3, &remark_log, &err), &err);
	assert_int_equal(list.list.count, 341);
	assert_int_equal(kernel.size, 16384);
	assert_int_equal(remarks.length, 0);
	store_list_free(&list);
}

static void asks_old_kernels_for_one_page(void **state)
{
	struct store_list list;
	struct error err;

	(void)state;
	kernel.page_limit = 4096;
	kernel.stored = 85;
	kernel.total = 90;
	kernel.list_rc = UVDEVICE_RC_MORE_DATA;
	assert_ok(store_list(&list, 3, &remark_log, &err), &err);
	assert_int_equal(kernel.lists, 2);
	assert_int_equal(list.list.count, 85);
	assert_non_null(strstr(text_chars(&remarks), "85 of 90"));
	store_list_free(&list);
}

static void refuses_lists_that_lie(void **state)
{
	struct store_list list;
	struct error err;

	(void)state;
	kernel.stored = kernel.total = 342;
	assert_int_equal(store_list(&list, 3, NULL, &err), ERR_FORMAT);
	kernel.stored = 3;
	kernel.total = 2;
	assert_int_equal(store_list(&list, 3, NULL, &err), ERR_FORMAT);
	kernel.list_rc = 0x0002;
	assert_int_equal(store_list(&list, 3, NULL, &err), ERR_REFUSED);
	kernel.page_limit = 0;
	assert_int_equal(store_list(&list, 3, NULL, &err), ERR_INVALID);
	assert_null(list.bytes);
}

static void finds_the_first_and_names_the_others(void **state)
{
	const struct secret_list_entry *entry;
	uint8_t id[SECRET_ID_SIZE] = { 1 };
	struct store_list list;
	struct error err;

	(void)state;
	kernel.stored = kernel.total = 10;
	assert_ok(store_list(&list, 3, NULL, &err), &err);
	entry = store_find_id(&list.list, id, &remark_log);
	assert_int_equal(be16_get(entry->index), 2);
	assert_non_null(strstr(text_chars(&remarks), "2, 10, 18"));
	id[0] = 9;
	assert_null(store_find_id(&list.list, id, &remark_log));
	assert_ptr_equal(store_find_index(&list.list, 4), &list.list.entries[2]);
	assert_null(store_find_index(&list.list, 3));
	assert_null(store_find_index(&list.list, 20));
	store_list_free(&list);
}

static void retrieves_into_a_place_of_the_listed_size(void **state)
{
	struct secret_list_entry entry = { .index = be16(0x1234), .size = be32(48) };
	struct secret *blob;
	struct error err;

	(void)state;
	assert_ok(store_retrieve(&blob, 3, &entry, &err), &err);
	assert_int_equal(kernel.index, 0x1234);
	assert_int_equal(kernel.size, 48);
	assert_int_equal(secret_size(blob), 48);
	assert_int_equal(secret_view(blob)[47], 0x5a);
	secret_free(blob);
	entry.size = be32(0); /* the index needs two bytes */
	assert_ok(store_retrieve(&blob, 3, &entry, &err), &err);
	assert_int_equal(kernel.size, 2);
	secret_free(blob);
	entry.size = be32(8193);
	assert_int_equal(store_retrieve(&blob, 3, &entry, &err), ERR_FORMAT);
	entry.size = be32(UINT32_MAX);
	assert_int_equal(store_retrieve(&blob, 3, &entry, &err), ERR_FORMAT);
	assert_int_equal(kernel.retrieves, 2);
	assert_null(blob);
}

static void a_refusal_leaves_no_secret(void **state)
{
	struct secret_list_entry entry = { .size = be32(16) };
	struct secret *blob;
	struct error err;

	(void)state;
	kernel.rc = 0x0111;
	assert_int_equal(store_retrieve(&blob, 3, &entry, &err), ERR_REFUSED);
	assert_null(blob);
	kernel.errnum = EFAULT;
	assert_int_equal(store_retrieve(&blob, 3, &entry, &err), ERR_IO);
	assert_null(blob);
}

static void locks(void **state)
{
	struct error err;

	(void)state;
	assert_ok(store_lock(3, &err), &err);
	assert_int_equal(kernel.locks, 1);
	kernel.rc = 0x0102;
	assert_int_equal(store_lock(3, &err), ERR_REFUSED);
	kernel.errnum = ENOTTY;
	assert_int_equal(store_lock(3, &err), ERR_UNSUPPORTED);
}

/* Adds a request with @name as ID. */
static int add(struct secret_fixture *f, const char *name, bool force, struct error *err)
{
	struct asrcb asrcb;
	uint8_t *bytes;
	size_t size;
	int rc;

	guest_secret_free(&f->secret);
	assert_ok(guest_secret_association(&f->secret, NULL, err), err);
	assert_ok(guest_secret_name(&f->secret, name, true, err), err);
	bytes = secret_fixture_build(f, &size);
	assert_ok(asrcb_parse(&asrcb, bytes, size, UINT64_MAX, NULL, err), err);
	rc = store_add(3, &asrcb, bytes, force, &remark_log, err);
	if (rc == 0)
		assert_int_equal(kernel.size, size);
	free(bytes);
	return rc;
}

static void adds_what_is_new(void **state)
{
	struct secret_fixture *f;
	struct error err;

	(void)state;
	secret_fixture_new((void **)&f);
	kernel.stored = kernel.total = 4;
	assert_ok(add(f, "new", false, &err), &err);
	/* The listed IDs are one byte of 0 to 3. */
	assert_int_equal(add(f, "\1", false, &err), ERR_EXISTS);
	assert_int_equal(kernel.adds, 1);
	assert_ok(add(f, "\1", true, &err), &err);
	assert_int_equal(kernel.adds, 2);
	assert_non_null(strstr(text_chars(&remarks), "index 2"));
	kernel.rc = 0x0108;
	assert_int_equal(add(f, "new", false, &err), ERR_REFUSED);
	kernel.list_rc = 0x0005;
	assert_int_equal(add(f, "new", false, &err), ERR_REFUSED);
	assert_int_equal(kernel.adds, 3);
	secret_fixture_free((void **)&f);
}

static void adds_meta_without_looking(void **state)
{
	struct secret_fixture *f;
	struct asrcb asrcb;
	struct error err;
	uint8_t *bytes;
	size_t size;

	(void)state;
	secret_fixture_new((void **)&f);
	bytes = secret_fixture_build(f, &size);
	assert_ok(asrcb_parse(&asrcb, bytes, size, UINT64_MAX, NULL, &err), &err);
	assert_ok(store_add(3, &asrcb, bytes, false, NULL, &err), &err);
	assert_int_equal(kernel.lists, 0);
	assert_int_equal(kernel.adds, 1);
	free(bytes);
	secret_fixture_free((void **)&f);
}

#define with(test) cmocka_unit_test_setup(test, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with(lists_four_pages),
		with(asks_old_kernels_for_one_page),
		with(refuses_lists_that_lie),
		with(finds_the_first_and_names_the_others),
		with(retrieves_into_a_place_of_the_listed_size),
		with(a_refusal_leaves_no_secret),
		with(locks),
		with(adds_what_is_new),
		with(adds_meta_without_looking),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	text_free(&remarks);
	return failed;
}
