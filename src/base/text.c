/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

/* Some texts hold keys (`pvimg info --show-secrets`): none leaves a trace. */
static void wipe_and_free(struct text *text)
{
	if (text->chars)
		secret_wipe(text->chars, text->length);
	free(text->chars);
}

/* Makes room for @count more characters and the NUL. */
static bool grow(struct text *text, size_t count)
{
	size_t need, room;
	char *chars;

	if (text->broken)
		return false;
	if (count > (size_t)-1 / 4 - text->length) {
		text->broken = true;
		return false;
	}
	need = text->length + count + 1;
	if (need <= text->room)
		return true;
	room = need < 256 ? 256 : need + need / 2;
	chars = malloc(room);
	if (!chars) {
		text->broken = true;
		return false;
	}
	if (text->chars)
		memcpy(chars, text->chars, text->length + 1);
	wipe_and_free(text);
	text->chars = chars;
	text->room = room;
	return true;
}

void text_add_bytes(struct text *text, const char *bytes, size_t count)
{
	if (!grow(text, count))
		return;
	memcpy(text->chars + text->length, bytes, count);
	text->length += count;
	text->chars[text->length] = '\0';
}

void text_add(struct text *text, const char *string)
{
	text_add_bytes(text, string, strlen(string));
}

void text_addf(struct text *text, const char *format, ...)
{
	va_list ap, again;
	int count;

	va_start(ap, format);
	va_copy(again, ap);
	count = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (count < 0)
		text->broken = true;
	else if (grow(text, (size_t)count)) {
		vsnprintf(text->chars + text->length, (size_t)count + 1,
			  format, again);
		text->length += (size_t)count;
	}
	va_end(again);
}

const char *text_chars(const struct text *text)
{
	return text->chars && !text->broken ? text->chars : "";
}

bool text_ok(const struct text *text)
{
	return !text->broken;
}

void text_free(struct text *text)
{
	wipe_and_free(text);
	*text = (struct text){ 0 };
}
