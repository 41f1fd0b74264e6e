/* SPDX-License-Identifier: MIT */
#include "secret/list_report.h"

#include <stdio.h>

#include "secret/secret_id.h"

char *secret_type_name(char name[SECRET_TYPE_NAME_SIZE], uint16_t type)
{
	const struct secret_kind *kind = secret_kind_find(type);

	if (kind && kind->listable)
		snprintf(name, SECRET_TYPE_NAME_SIZE, "%s", kind->name);
	else
		snprintf(name, SECRET_TYPE_NAME_SIZE, "%s(0x%04x)",
			 kind || type == 0 ? "Invalid" : "Unknown", type);
	return name;
}

void secret_list_human(struct text *out, const struct secret_list *list)
{
	char type[SECRET_TYPE_NAME_SIZE], hex[SECRET_ID_HEX_SIZE], name[SECRET_ID_SIZE];

	text_addf(out, "Total number of secrets: %u\n", be16_get(list->header->total));
	if (list->count)
		text_add(out, "\n");
	for (size_t i = 0; i < list->count; i++) {
		const struct secret_list_entry *entry = &list->entries[i];

		text_addf(out, "%u %s:\n ", be16_get(entry->index),
			  secret_type_name(type, be16_get(entry->type)));
		if (secret_id_to_name(name, entry->id))
			text_addf(out, "%s | ", name);
		text_addf(out, "%s\n", secret_id_to_hex(hex, entry->id));
	}
}

void secret_id_add_yaml(struct text *out, const uint8_t id[SECRET_ID_SIZE])
{
	char hex[SECRET_ID_HEX_SIZE];
	bool number = true;

	for (size_t i = 0; i < SECRET_ID_SIZE - 16; i++)
		number = number && id[i] == 0;
	text_addf(out, number ? "'%s'" : "%s", secret_id_to_hex(hex, id));
}

void secret_list_yaml(struct text *out, const struct secret_list *list)
{
	text_addf(out, "total_num_secrets: %u\nsecrets:%s\n",
		  be16_get(list->header->total), list->count ? "" : " []");
	for (size_t i = 0; i < list->count; i++) {
		const struct secret_list_entry *entry = &list->entries[i];

		text_addf(out, "- index: %u\n  stype: %u\n  len: %u\n  id: ",
			  be16_get(entry->index), be16_get(entry->type),
			  be32_get(entry->size));
		secret_id_add_yaml(out, entry->id);
		text_add(out, "\n");
	}
}
