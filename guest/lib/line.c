/* SPDX-License-Identifier: MIT */
#include "lib/line.h"

void line_start(struct line *line, const char *text)
{
	line->length = 0;
	line->text[0] = '\0';
	line_add(line, text);
}

void line_add(struct line *line, const char *text)
{
	while (*text && line->length < LINE_ROOM - 1)
		line->text[line->length++] = *text++;
	line->text[line->length] = '\0';
}

void line_add_hex(struct line *line, uint64_t value, unsigned digits)
{
	char text[sizeof("0x") + 16];
	size_t at = sizeof(text);
	unsigned written = 0;

	text[--at] = '\0';
	do {
		text[--at] = "0123456789abcdef"[value & 15];
		value >>= 4;
		written++;
	} while (value || (written < digits && written < 16));
	text[--at] = 'x';
	text[--at] = '0';
	line_add(line, text + at);
}
