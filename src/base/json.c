/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <inttypes.h>

static void quote(struct text *out, const char *string)
{
	text_add(out, "\"");
	for (const char *c = string; *c; c++) {
		if (*c == '"' || *c == '\\')
			text_addf(out, "\\%c", *c);
		else if (*c == '\n')
			text_add(out, "\\n");
		else if ((unsigned char)*c < 0x20 || *c == 0x7f)
			text_addf(out, "\\u%04x", (unsigned char)*c);
		else
			text_add_bytes(out, c, 1);
	}
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

void json_string(struct json *json, const char *name, const char *value)
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
