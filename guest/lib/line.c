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

void line_add_number(struct line *line, uint64_t value)
{
	char text[21];
	size_t at = sizeof(text);

	text[--at] = '\0';
	do {
		text[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	line_add(line, text + at);
}

void line_add_digits(struct line *line, uint64_t value, unsigned digits)
{
	char text[17];
	size_t at = sizeof(text);
	unsigned written = 0;

	text[--at] = '\0';
	do {
		text[--at] = "0123456789abcdef"[value & 15];
		value >>= 4;
		written++;
	} while (value || (written < digits && written < 16));
	line_add(line, text + at);
}

void line_add_hex(struct line *line, uint64_t value, unsigned digits)
{
	line_add(line, "0x");
	line_add_digits(line, value, digits);
}
