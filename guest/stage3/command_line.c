/* SPDX-License-Identifier: MIT */
#include "stage3/command_line.h"

#include <stdint.h>
#include <string.h>

#define HEADER "# zIPL Environment Block\n"
#define EBCDIC_S 0xe2
#define EBCDIC_0 0xf0

/* A piece of text, without a NUL. */
struct text {
	const char *start;
	size_t length;
};

size_t text_length(const char *text, size_t limit)
{
	size_t length = 0;

	while (length < limit && text[length])
		length++;
	return length;
}

char site_of(const struct iplb *iplb, unsigned ssid)
{
	if (!(iplb->block_flags & IPLB_LOADPARM_VALID))
		return 0;
	for (unsigned i = 0; i + 1 < IPLB_LOADPARM_SIZE; i++) {
		const uint8_t next = iplb->loadparm[i + 1];

		if (iplb->loadparm[i] != EBCDIC_S)
			continue;
		if (next == EBCDIC_S)
			return (char)('0' + ssid);
		return next >= EBCDIC_0 && next <= EBCDIC_0 + 9
			? (char)('0' + next - EBCDIC_0) : 0;
	}
	return 0;
}

/* Where @c is in @text, or its end. */
static size_t find_char(struct text text, char c)
{
	size_t at = 0;

	while (at < text.length && text.start[at] != c)
		at++;
	return at;
}

static struct text skip(struct text text, size_t count)
{
	if (count > text.length)
		count = text.length;
	return (struct text){ text.start + count, text.length - count };
}

/* Whether @key is @name, with @site before it unless that is 0. */
static bool is_key(struct text key, struct text name, char site)
{
	if (site) {
		if (key.length == 0 || key.start[0] != site)
			return false;
		key = skip(key, 1);
	}
	return key.length == name.length && memcmp(key.start, name.start, name.length) == 0;
}

/* The value of @name in the lines NAME=VALUE of @lines. */
static bool find_value(struct text lines, struct text name, char site, struct text *value)
{
	while (lines.length) {
		const struct text line = { lines.start, find_char(lines, '\n') };
		const struct text key = { line.start, find_char(line, '=') };

		if (key.length < line.length && is_key(key, name, site)) {
			*value = skip(line, key.length + 1);
			return true;
		}
		lines = skip(lines, line.length + 1);
	}
	return false;
}

static struct text value_of(struct text lines, struct text name, char site)
{
	struct text value = { "", 0 };

	if (name.length && (!site || !find_value(lines, name, site, &value)))
		find_value(lines, name, 0, &value);
	return value;
}

/* The lines of the block; none when it does not begin as one does. */
static struct text environment_lines(const char *environment, size_t size)
{
	const size_t header = sizeof(HEADER) - 1;
	const struct text all = { environment, text_length(environment, size) };

	if (all.length < header || memcmp(all.start, HEADER, header) != 0)
		return (struct text){ "", 0 };
	return skip(all, header);
}

bool command_line_expand(char *line, size_t room, const char *environment, size_t size,
			 char site)
{
	const struct text lines = environment_lines(environment, size);
	size_t length = text_length(line, room - 1);
	size_t at = 0;

	while (at + 1 < length) {
		const struct text rest = { line + at, length - at };
		const size_t end = find_char(rest, '}');
		struct text value;

		if (rest.start[0] != '$' || rest.start[1] != '{') {
			at++;
			continue;
		}
		if (end == rest.length)
			break;
		value = value_of(lines, (struct text){ rest.start + 2, end - 2 }, site);
		if (length - (end + 1) + value.length >= room)
			return false;
		memmove(line + at + value.length, line + at + end + 1, length - at - end);
		memcpy(line + at, value.start, value.length);
		length += value.length - (end + 1);
		at += value.length;
	}
	return true;
}
