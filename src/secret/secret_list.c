/* SPDX-License-Identifier: MIT */
#include "secret/secret_list.h"

#include <string.h>

#include "base/cursor.h"

bool secret_list_fill_page(uint8_t page[SECRET_LIST_PAGE_SIZE],
			   const struct secret_list_entry *store, size_t total,
			   size_t start)
{
	struct secret_list_header *header = (struct secret_list_header *)page;
	size_t first = 0, count;

	while (first < total && be16_get(store[first].index) < start)
		first++;
	count = total - first;
	if (count > SECRET_LIST_PER_PAGE)
		count = SECRET_LIST_PER_PAGE;
	memset(page, 0, SECRET_LIST_PAGE_SIZE);
	header->stored = be16((uint16_t)count);
	header->total = be16((uint16_t)total);
	if (first + count < total)
		header->next = store[first + count].index;
	if (count)
		memcpy(header + 1, store + first, count * sizeof(*store));
	return first + count < total;
}

int secret_list_parse(struct secret_list *list, const void *bytes, size_t size,
		      struct error *err)
{
	struct cursor c = cursor_over(bytes, size);
	const struct secret_list_header *header = cursor_take(&c, sizeof(*header));
	unsigned stored, total;

	if (!header)
		return error_set(err, ERR_FORMAT,
				 "A secret list has at least %zu bytes; this one has %zu",
				 sizeof(*header), size);
	stored = be16_get(header->stored);
	total = be16_get(header->total);
	if (stored > total)
		return error_set(err, ERR_FORMAT,
				 "The secret list has %u entries (offset 0x0), but says that there are only %u secrets (offset 0x2)",
				 stored, total);
	list->header = header;
	list->count = stored;
	list->entries = cursor_take(&c, stored * sizeof(*list->entries));
	if (!list->entries)
		return error_set(err, ERR_FORMAT,
				 "The secret list says (offset 0x0) that it has %u entries; its %zu bytes end before",
				 stored, size);
	return 0;
}

size_t secret_list_size(const struct secret_list *list)
{
	return sizeof(*list->header) + list->count * sizeof(*list->entries);
}
