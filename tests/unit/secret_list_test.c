/* SPDX-License-Identifier: MIT */
/* Lists of secrets: what an ultravisor fills, what a guest believes, what is shown. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "secret/list_report.h"
#include "secret/secret_id.h"
#include "secret/secret_list.h"

#define STORE 200

static struct secret_list_entry store[STORE];

static int fill_store(void **state)
{
	(void)state;
	for (size_t i = 0; i < STORE; i++) {
		store[i] = (struct secret_list_entry){
			.index = be16((uint16_t)i), .type = be16(SECRET_ASSOCIATION),
			.size = be32(32) };
		store[i].id[0] = (uint8_t)(i + 1);
	}
	return 0;
}

static void assert_page(size_t total, size_t start, size_t stored, size_t next)
{
	uint8_t page[SECRET_LIST_PAGE_SIZE];
	struct secret_list list;
	struct error err;
	bool more;

	memset(page, 0xff, sizeof(page));
	more = secret_list_fill_page(page, store, total, start);
	assert_int_equal(more, next != 0);
	assert_ok(secret_list_parse(&list, page, sizeof(page), &err), &err);
	assert_int_equal(list.count, stored);
	assert_int_equal(be16_get(list.header->total), total);
	assert_int_equal(be16_get(list.header->next), next);
	for (size_t i = 0; i < stored; i++)
		assert_int_equal(be16_get(list.entries[i].index), start + i);
	for (size_t i = secret_list_size(&list); i < sizeof(page); i++)
		assert_int_equal(page[i], 0);
}

static void pages_hold_85_entries(void **state)
{
	(void)state;
	assert_page(0, 0, 0, 0);
	assert_page(1, 0, 1, 0);
	assert_page(85, 0, 85, 0);
	assert_page(86, 0, 85, 85);
	assert_page(86, 85, 1, 0);
	assert_page(200, 100, 85, 185);
	assert_page(200, 199, 1, 0);
	assert_page(200, 200, 0, 0);
	assert_page(200, 65535, 0, 0);
}

static void indices_may_have_gaps(void **state)
{
	struct secret_list_entry gapped[3] = { store[1], store[5], store[9] };
	uint8_t page[SECRET_LIST_PAGE_SIZE];
	struct secret_list list;
	struct error err;

	(void)state;
	assert_false(secret_list_fill_page(page, gapped, 3, 2));
	assert_ok(secret_list_parse(&list, page, sizeof(page), &err), &err);
	assert_int_equal(list.count, 2);
	assert_int_equal(be16_get(list.entries[0].index), 5);
}

static void lists_of_several_pages_are_contiguous(void **state)
{
	size_t size = sizeof(struct secret_list_header) + sizeof(store);
	struct secret_list_header *header = malloc(size);
	struct secret_list list;
	struct error err;

	(void)state;
	*header = (struct secret_list_header){ .stored = be16(STORE), .total = be16(STORE) };
	memcpy(header + 1, store, sizeof(store));
	assert_ok(secret_list_parse(&list, header, size, &err), &err);
	assert_int_equal(list.count, STORE);
	assert_int_equal(secret_list_size(&list), size);
	/* One byte less, and the last entry is not there. */
	assert_int_equal(secret_list_parse(&list, header, size - 1, &err), ERR_FORMAT);
	free(header);
}

static void assert_refused(unsigned stored, unsigned total, size_t size)
{
	uint8_t *bytes = calloc(1, size + 1);
	struct secret_list_header header = { .stored = be16((uint16_t)stored),
					     .total = be16((uint16_t)total) };
	struct secret_list list;
	struct error err;

	memcpy(bytes, &header, size < sizeof(header) ? size : sizeof(header));
	assert_int_equal(secret_list_parse(&list, bytes, size, &err), ERR_FORMAT);
	free(bytes);
}

static void counts_that_lie_are_refused(void **state)
{
	(void)state;
	assert_refused(0, 0, 0);
	assert_refused(0, 0, 15);
	assert_refused(1, 1, 16);
	assert_refused(1, 1, 63);
	assert_refused(86, 86, 4096);
	assert_refused(0xffff, 0xffff, 16384);
	assert_refused(2, 1, 4096);
}

static void assert_report(void (*report)(struct text *, const struct secret_list *),
			  const struct secret_list *list, const char *expected)
{
	struct text out = { 0 };

	report(&out, list);
	assert_string_equal(text_chars(&out), expected);
	text_free(&out);
}

static void reports(void **state)
{
	struct secret_list_entry entries[6] = { 0 };
	const struct secret_list_header header = { .stored = be16(6), .total = be16(7) };
	const struct secret_list list = { &header, entries, 6 };
	static const uint16_t types[] = { 2, 6, 0, 1, 0x16, 0x99 };

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		entries[i].index = be16((uint16_t)(i * 100));
		entries[i].type = be16(types[i]);
		entries[i].size = be32((uint32_t)i + 32);
		entries[i].id[31] = 1;
	}
	secret_id_from_name(entries[1].id, "mykey");
	memset(entries[0].id, 0xab, SECRET_ID_SIZE);
#define TAIL "0000000000000000000000000000000000000000000000000000000000000001"
	assert_report(secret_list_human, &list,
		"Total number of secrets: 7\n\n"
		"0 Association:\n 0xabababababababababababababababababababababababababababababababab\n"
		"100 AES-256-KEY:\n mykey | 0x6d796b6579000000000000000000000000000000000000000000000000000000\n"
		"200 Invalid(0x0000):\n 0x" TAIL "\n"
		"300 Invalid(0x0001):\n 0x" TAIL "\n"
		"400 Invalid(0x0016):\n 0x" TAIL "\n"
		"500 Unknown(0x0099):\n 0x" TAIL "\n");
	assert_report(secret_list_yaml, &list,
		"total_num_secrets: 7\nsecrets:\n"
		"- index: 0\n  stype: 2\n  len: 32\n  id: 0xabababababababababababababababababababababababababababababababab\n"
		"- index: 100\n  stype: 6\n  len: 33\n  id: 0x6d796b6579000000000000000000000000000000000000000000000000000000\n"
		"- index: 200\n  stype: 0\n  len: 34\n  id: '0x" TAIL "'\n"
		"- index: 300\n  stype: 1\n  len: 35\n  id: '0x" TAIL "'\n"
		"- index: 400\n  stype: 22\n  len: 36\n  id: '0x" TAIL "'\n"
		"- index: 500\n  stype: 153\n  len: 37\n  id: '0x" TAIL "'\n");
}

static void empty_reports(void **state)
{
	const struct secret_list_header header = { .total = be16(0) };
	const struct secret_list list = { &header, NULL, 0 };

	(void)state;
	assert_report(secret_list_human, &list, "Total number of secrets: 0\n");
	assert_report(secret_list_yaml, &list, "total_num_secrets: 0\nsecrets: []\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_hold_85_entries),
		cmocka_unit_test(indices_may_have_gaps),
		cmocka_unit_test(lists_of_several_pages_are_contiguous),
		cmocka_unit_test(counts_that_lie_are_refused),
		cmocka_unit_test(reports),
		cmocka_unit_test(empty_reports),
	};

	return cmocka_run_group_tests(tests, fill_store, NULL);
}
