/* SPDX-License-Identifier: MIT */
/*
 * Lists of secrets: as a guest gets them, and pages that an ultravisor fills from
 * any store. The bytes are also taken for a retrieved secret.
 */
#include <stdlib.h>
#include <string.h>

#include "secret/list_report.h"
#include "secret/retrieved.h"
#include "secret/secret_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void show(const struct secret_list *list)
{
	struct text out = { 0 };

	secret_list_human(&out, list);
	secret_list_yaml(&out, list);
	if (!text_ok(&out) || memchr(out.chars, '\0', out.length) ||
	    memchr(out.chars, '\x1b', out.length))
		abort();
	text_free(&out);
}

static void fill(const uint8_t *data, size_t size)
{
	size_t count = size / sizeof(struct secret_list_entry), shown = 0, start = 0;
	struct secret_list_entry *store = calloc(count + 1, sizeof(*store));
	uint8_t page[SECRET_LIST_PAGE_SIZE];
	struct secret_list list;
	bool more = true;

	if (!store)
		abort();
	if (count)
		memcpy(store, data, count * sizeof(*store));
	for (size_t i = 0; i < count; i++) /* as a store numbers them */
		store[i].index = be16((uint16_t)i);
	while (more) {
		more = secret_list_fill_page(page, store, count, start);
		if (secret_list_parse(&list, page, sizeof(page), NULL) < 0)
			abort();
		shown += list.count;
		start = be16_get(list.header->next);
		show(&list);
	}
	if (shown != count)
		abort();
	free(store);
}

static void retrieve(const uint8_t *data, size_t size)
{
	struct retrieved retrieved = { .bytes = data + 2, .size = size - 2 };
	struct secret *binary, *pem;

	retrieved.type = (uint16_t)(data[0] << 8 | data[1]);
	if (retrieved_to_binary(&binary, &retrieved, NULL) < 0 ||
	    retrieved_to_pem(&pem, &retrieved, NULL) < 0 ||
	    secret_size(binary) > retrieved.size)
		abort();
	secret_free(binary);
	secret_free(pem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct secret_list list;

	if (secret_list_parse(&list, data, size, NULL) == 0) {
		if (secret_list_size(&list) > size)
			abort();
		show(&list);
	}
	if (size < UINT16_MAX)
		fill(data, size);
	if (size >= 2)
		retrieve(data, size);
	return 0;
}
