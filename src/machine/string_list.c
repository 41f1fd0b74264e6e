/* SPDX-License-Identifier: MIT */
#include "machine/string_list.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes over @string, which may be NULL for want of memory. */
static void take(struct string_list *list, char *string)
{
	if (!string || list->broken)
		goto broken;
	if (list->count + 2 > list->room) {
		size_t room = list->room ? 2 * list->room : 16;
		char **items = realloc(list->items, room * sizeof(*items));

		if (!items)
			goto broken;
		list->items = items;
		list->room = room;
	}
	list->items[list->count++] = string;
	list->items[list->count] = NULL;
	return;
broken:
	free(string);
	list->broken = true;
}

void string_list_add(struct string_list *list, const char *string)
{
	take(list, strdup(string));
}

void string_list_addf(struct string_list *list, const char *format, ...)
{
	char *string = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&string, format, args) < 0)
		string = NULL;
	va_end(args);
	take(list, string);
}

void string_list_free(struct string_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct string_list){ 0 };
}
