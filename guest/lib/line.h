/* SPDX-License-Identifier: MIT */
/*
 * One line of text for the console, put together piece by piece. What does
 * not fit is dropped. Compiles on the build machine too, for unit tests.
 */
#ifndef UV_GUEST_LINE_H
#define UV_GUEST_LINE_H

#include <stddef.h>
#include <stdint.h>

#define LINE_ROOM 160 /* with the NUL */

struct line {
	char text[LINE_ROOM]; /* NUL-terminated after line_start() */
	size_t length;        /* without the NUL */
};

/* Makes @line hold just @text. */
void line_start(struct line *line, const char *text);

void line_add(struct line *line, const char *text);

/* Adds @value in decimal digits. */
void line_add_number(struct line *line, uint64_t value);

/* Adds @value in hexadecimal, with zeros in front up to @digits digits. */
void line_add_digits(struct line *line, uint64_t value, unsigned digits);

/* Adds @value as 0x…, with zeros in front up to @digits digits. */
void line_add_hex(struct line *line, uint64_t value, unsigned digits);

#endif
