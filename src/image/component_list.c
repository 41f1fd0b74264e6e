/* SPDX-License-Identifier: MIT */
#include "image/component_list.h"

#include <inttypes.h>
#include <string.h>

#include "base/cursor.h"
#include "image/layout.h"

/* Bytes of the IPIB in front of its PV block. */
#define IPIB_LIST_HEADER 8

static int invalid(struct error *err, const char *what)
{
	error_set(err, ERR_FORMAT, "%s", what);
	return error_wrap(err, ERR_FORMAT, "Invalid IPL parameter block");
}

static int check_form(const struct ipib *ipib, size_t size, struct error *err)
{
	uint32_t total = be32_get(ipib->total_size);
	uint32_t block = be32_get(ipib->block_size);
	uint32_t count = be32_get(ipib->component_count);

	if (ipib->type != IPIB_TYPE_PV)
		return invalid(err, "its type (offset 0xc) is not 5");
	if (ipib->version != IPIB_VERSION)
		return invalid(err, "its version (offset 0x7) is not 1");
	if (total < IPIB_MIN_SIZE || total > IPIB_MAX_SIZE)
		return invalid(err, "its total size (offset 0x0) is not in 148..4096");
	if (count == 0 || count > IPIB_MAX_COMPONENTS)
		return invalid(err, "its component count (offset 0x74) is not in 1..165");
	if (sizeof(*ipib) + count * sizeof(struct ipib_component) > total ||
	    block > total - IPIB_LIST_HEADER ||
	    sizeof(*ipib) - IPIB_LIST_HEADER +
			    count * sizeof(struct ipib_component) > block)
		return invalid(err, "its sizes (offsets 0x0, 0x8) do not hold its components");
	if (sizeof(*ipib) + count * sizeof(struct ipib_component) > size)
		return invalid(err, "it is cut off");
	return 0;
}

static int check_entry(const struct component_entry *entry,
		       const struct component_entry *before, struct error *err)
{
	if (entry->address % PAGE_SIZE_4K || entry->size % PAGE_SIZE_4K ||
	    entry->size == 0)
		return invalid(err, "a component does not consist of whole pages");
	if (entry->address > UINT64_MAX - entry->size)
		return invalid(err, "a component wraps around the end of storage");
	if (!before)
		return 0;
	if (entry->tweak_prefix <= before->tweak_prefix)
		return invalid(err, "the tweak prefixes do not ascend");
	if (entry->address < before->address + before->size)
		return invalid(err, "components overlap or do not ascend");
	return 0;
}

int component_list_parse(struct component_list *list, const void *bytes,
			 size_t size, struct error *err)
{
	struct cursor c = cursor_over(bytes, size);
	const struct ipib *ipib = cursor_take(&c, sizeof(*ipib));
	int rc = ipib ? check_form(ipib, size, err) : invalid(err, "it is cut off");

	if (rc < 0)
		return rc;
	list->header_address = be64_get(ipib->header_address);
	list->header_size = be64_get(ipib->header_size);
	list->count = be32_get(ipib->component_count);
	for (size_t i = 0; i < list->count; i++) {
		const struct ipib_component *wire = cursor_take(&c, sizeof(*wire));
		struct component_entry *entry = &list->entries[i];

		entry->tweak_prefix = be64_get(wire->tweak_prefix);
		entry->address = be64_get(wire->address);
		entry->size = be64_get(wire->size);
		rc = check_entry(entry, i ? entry - 1 : NULL, err);
		if (rc < 0)
			return error_wrap(err, rc, "Component %zu", i + 1);
	}
	return 0;
}

size_t component_list_render(void *bytes, const struct component_list *list)
{
	size_t size = sizeof(struct ipib) +
		      list->count * sizeof(struct ipib_component);
	struct ipib *ipib = bytes;
	struct ipib_component *wire = (struct ipib_component *)(ipib + 1);

	*ipib = (struct ipib){
		.total_size = be32((uint32_t)size),
		.version = IPIB_VERSION,
		.block_size = be32((uint32_t)size - IPIB_LIST_HEADER),
		.type = IPIB_TYPE_PV,
		.pv_version = IPIB_PV_VERSION,
		.component_count = be32((uint32_t)list->count),
		.header_address = be64(list->header_address),
		.header_size = be64(list->header_size),
	};
	for (size_t i = 0; i < list->count; i++) {
		wire[i].tweak_prefix = be64(list->entries[i].tweak_prefix);
		wire[i].address = be64(list->entries[i].address);
		wire[i].size = be64(list->entries[i].size);
	}
	return size;
}

uint64_t component_list_pages(const struct component_list *list)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < list->count; i++)
		pages += list->entries[i].size / PAGE_SIZE_4K;
	return pages;
}
