/* SPDX-License-Identifier: MIT */
/*
 * A growing string, for output that is built before it is written.
 *
 * A failed allocation makes the text "broken": later additions do nothing,
 * and text_ok() says so, so that callers check once.
 */
#ifndef UV_BASE_TEXT_H
#define UV_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
	char *chars;   /* NUL-terminated once something was added, else NULL */
	size_t length; /* without the NUL */
	size_t room;
	bool broken;
};

void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const char *bytes, size_t count);
void text_addf(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The content, never NULL ("" while empty or broken). */
const char *text_chars(const struct text *text);
bool text_ok(const struct text *text);

/* Wipes and frees the content and makes the text empty again. */
void text_free(struct text *text);

#endif
