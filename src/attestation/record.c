/* SPDX-License-Identifier: MIT */
#include "attestation/record.h"

#include <inttypes.h>
#include <string.h>

#define HEX_DIGITS_128 32

enum record_format record_format_named(const char *name)
{
	return name && strcmp(name, "json") == 0 ? RECORD_JSON : RECORD_YAML;
}

struct record record_begin(struct text *out, enum record_format format)
{
	struct record record = { .out = out, .format = format,
				 .json = json_to(out, true) };

	if (format == RECORD_JSON)
		json_object_begin(&record.json, NULL);
	return record;
}

void record_end(struct record *record)
{
	if (record->format == RECORD_JSON) {
		json_object_end(&record->json);
		text_add(record->out, "\n");
	}
}

/* --- YAML --------------------------------------------------------------------- */

static void yaml_indent(struct record *record)
{
	if (record->item_begun) {
		record->item_begun = false;
		return;
	}
	for (unsigned i = 0; i < record->depth; i++)
		text_add(record->out, "  ");
}

static void yaml_name(struct record *record, const char *name)
{
	yaml_indent(record);
	text_addf(record->out, "%s:", name);
}

/* Words that mean something else than a string, in one reader or the other. */
static bool is_word(const char *value)
{
	static const char *const words[] = {
		"true", "false", "null", "yes", "no", "on", "off", "y", "n",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(value, words[i]) == 0)
			return true;
	return false;
}

/*
 * Begins with a letter or a slash, and goes on with what no reader interprets;
 * ends with neither blank nor punctuation.
 */
static bool is_plain(const char *value)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char inner[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+- ,;()";
	size_t length = strlen(value);

	return length > 0 && (strchr(letters, *value) || *value == '/') &&
	       strspn(value, inner) == length && !strchr(" ,;(", value[length - 1]) &&
	       !is_word(value);
}

static void yaml_escaped(struct text *out, const char *value)
{
	text_add(out, "\"");
	for (; *value; value++) {
		unsigned char c = (unsigned char)*value;

		if (c == '"' || c == '\\')
			text_addf(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			text_addf(out, "\\x%02x", c);
		else
			text_add_bytes(out, value, 1);
	}
	text_add(out, "\"");
}

static bool has_controls(const char *value)
{
	for (; *value; value++)
		if ((unsigned char)*value < 0x20 || *value == 0x7f)
			return true;
	return false;
}

static void yaml_string(struct record *record, const char *value)
{
	if (is_plain(value)) {
		text_add(record->out, value);
	} else if (has_controls(value)) {
		yaml_escaped(record->out, value);
	} else {
		text_add(record->out, "'");
		for (; *value; value++)
			text_add(record->out, *value == '\'' ? "''" : (char[]){ *value, 0 });
		text_add(record->out, "'");
	}
}

/* --- both ----------------------------------------------------------------------- */

void record_group_begin(struct record *record, const char *name)
{
	if (record->format == RECORD_JSON) {
		json_object_begin(&record->json, name);
		return;
	}
	yaml_name(record, name);
	text_add(record->out, "\n");
	record->depth++;
}

void record_group_end(struct record *record)
{
	if (record->format == RECORD_JSON)
		json_object_end(&record->json);
	else
		record->depth--;
}

void record_list_begin(struct record *record, const char *name, bool empty)
{
	if (record->format == RECORD_JSON) {
		json_array_begin(&record->json, name);
		return;
	}
	yaml_name(record, name);
	text_add(record->out, empty ? " []\n" : "\n");
}

void record_list_end(struct record *record)
{
	if (record->format == RECORD_JSON)
		json_array_end(&record->json);
}

void record_item_begin(struct record *record)
{
	if (record->format == RECORD_JSON) {
		json_object_begin(&record->json, NULL);
		return;
	}
	yaml_indent(record);
	text_add(record->out, "- ");
	record->item_begun = true;
	record->depth++;
}

void record_item_end(struct record *record)
{
	if (record->format == RECORD_JSON)
		json_object_end(&record->json);
	else
		record->depth--;
}

void record_string(struct record *record, const char *name, const char *value)
{
	if (record->format == RECORD_JSON) {
		json_text(&record->json, name, value);
		return;
	}
	yaml_name(record, name);
	text_add(record->out, " ");
	yaml_string(record, value);
	text_add(record->out, "\n");
}

void record_item(struct record *record, const char *value)
{
	if (record->format == RECORD_JSON) {
		json_text(&record->json, NULL, value);
		return;
	}
	yaml_indent(record);
	text_add(record->out, "- ");
	yaml_string(record, value);
	text_add(record->out, "\n");
}

void record_bool(struct record *record, const char *name, bool value)
{
	if (record->format == RECORD_JSON) {
		json_bool(&record->json, name, value);
		return;
	}
	yaml_name(record, name);
	text_add(record->out, value ? " true\n" : " false\n");
}

void record_u64(struct record *record, const char *name, uint64_t value)
{
	if (record->format == RECORD_JSON) {
		json_u64(&record->json, name, value);
		return;
	}
	yaml_name(record, name);
	text_addf(record->out, " %" PRIu64 "\n", value);
}

/* Would a reader that knows 128-bit integers take the digits for one? */
static bool fits_128_bits(const char *digits)
{
	return strlen(digits + strspn(digits, "0")) <= HEX_DIGITS_128;
}

static void hex_text(struct text *hex, const void *data, size_t size)
{
	const uint8_t *bytes = data;

	text_add(hex, "0x");
	for (size_t i = 0; i < size; i++)
		text_addf(hex, "%02x", bytes[i]);
}

static void yaml_hex(struct record *record, const struct text *hex)
{
	const char *quote = fits_128_bits(text_chars(hex) + 2) ? "'" : "";

	text_addf(record->out, " %s%s%s\n", quote, text_chars(hex), quote);
}

void record_hex(struct record *record, const char *name, const void *data, size_t size)
{
	struct text hex = { 0 };

	hex_text(&hex, data, size);
	if (!text_ok(&hex)) {
		record->out->broken = true;
	} else if (record->format == RECORD_JSON) {
		json_text(&record->json, name, text_chars(&hex));
	} else {
		yaml_name(record, name);
		yaml_hex(record, &hex);
	}
	text_free(&hex);
}

void record_item_hex(struct record *record, const void *data, size_t size)
{
	struct text hex = { 0 };

	hex_text(&hex, data, size);
	if (!text_ok(&hex)) {
		record->out->broken = true;
	} else if (record->format == RECORD_JSON) {
		json_text(&record->json, NULL, text_chars(&hex));
	} else {
		yaml_indent(record);
		text_add(record->out, "-");
		yaml_hex(record, &hex);
	}
	text_free(&hex);
}
