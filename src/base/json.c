/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <inttypes.h>

#define REPLACEMENT_CHARACTER "\xef\xbf\xbd" /* U+FFFD */

/*
 * How many bytes the well-formed UTF-8 character at @at has, 0 when there is
 * none (RFC 3629: nothing overlong, no surrogates, up to U+10FFFF). @at ends in
 * a NUL, which continues no character.
 */
static size_t character_length(const unsigned char *at)
{
	size_t length = at[0] < 0x80 ? 1 : at[0] < 0xc2 ? 0 : at[0] < 0xe0 ? 2 :
			at[0] < 0xf0 ? 3 : at[0] < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < length; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] >= 0xa0) ||
	    (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] >= 0x90))
		return 0;
	return length;
}

/* Writes one character; returns how many bytes of @at that was. */
static size_t quote_character(struct text *out, const char *at)
{
	size_t length = character_length((const unsigned char *)at);

	if (length == 0) {
		text_add(out, REPLACEMENT_CHARACTER);
		return 1;
	}
	if (*at == '"' || *at == '\\')
		text_addf(out, "\\%c", *at);
	else if (*at == '\n')
		text_add(out, "\\n");
	else if ((unsigned char)*at < 0x20 || *at == 0x7f)
		text_addf(out, "\\u%04x", (unsigned char)*at);
	else
		text_add_bytes(out, at, length);
	return length;
}

static void quote(struct text *out, const char *string)
{
	text_add(out, "\"");
	while (*string)
		string += quote_character(out, string);
	text_add(out, "\"");
}

static void line_break(struct json *json)
{
	if (!json->pretty)
		return;
	text_add(json->out, "\n");
	for (unsigned i = 0; i < json->depth; i++)
		text_add(json->out, "  ");
}

/* What stands before a value: comma, line break, name. */
static void lead(struct json *json, const char *name)
{
	if (json->depth > 0) {
		if (json->filled[json->depth])
			text_add(json->out, ",");
		json->filled[json->depth] = true;
		line_break(json);
	}
	if (name) {
		quote(json->out, name);
		text_add(json->out, json->pretty ? ": " : ":");
	}
}

static void begin(struct json *json, const char *name, const char *bracket)
{
	lead(json, name);
	text_add(json->out, bracket);
	if (json->depth + 1 >= JSON_MAX_DEPTH) {
		json->out->broken = true;
		return;
	}
	json->filled[++json->depth] = false;
}

static void end(struct json *json, const char *bracket)
{
	bool filled = json->filled[json->depth];

	if (json->depth > 0)
		json->depth--;
	if (filled)
		line_break(json);
	text_add(json->out, bracket);
}

void json_object_begin(struct json *json, const char *name)
{
	begin(json, name, "{");
}

void json_object_end(struct json *json)
{
	end(json, "}");
}

void json_array_begin(struct json *json, const char *name)
{
	begin(json, name, "[");
}

void json_array_end(struct json *json)
{
	end(json, "]");
}

void json_text(struct json *json, const char *name, const char *value)
{
	lead(json, name);
	quote(json->out, value);
}

void json_u64(struct json *json, const char *name, uint64_t value)
{
	lead(json, name);
	text_addf(json->out, "%" PRIu64, value);
}

void json_bool(struct json *json, const char *name, bool value)
{
	lead(json, name);
	text_add(json->out, value ? "true" : "false");
}

void json_hex(struct json *json, const char *name, const void *data, size_t size)
{
	const unsigned char *bytes = data;

	lead(json, name);
	text_add(json->out, "\"");
	for (size_t i = 0; i < size; i++)
		text_addf(json->out, "%02x", bytes[i]);
	text_add(json->out, "\"");
}

void json_hex_u64(struct json *json, const char *name, uint64_t value)
{
	lead(json, name);
	text_addf(json->out, "\"%016" PRIx64 "\"", value);
}
