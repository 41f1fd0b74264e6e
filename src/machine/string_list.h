/* SPDX-License-Identifier: MIT */
/*
 * A growing list of strings with a NULL behind the last, as execv() wants it.
 * Like struct text it goes "broken" when memory is short, to be asked once.
 */
#ifndef UV_MACHINE_STRING_LIST_H
#define UV_MACHINE_STRING_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct string_list {
	char **items;
	size_t count;
	size_t room;
	bool broken;
};

void string_list_add(struct string_list *list, const char *string);
void string_list_addf(struct string_list *list, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void string_list_free(struct string_list *list);

#endif
