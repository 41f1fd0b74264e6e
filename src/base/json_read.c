/* SPDX-License-Identifier: MIT */
#include "base/json_read.h"

#include <string.h>

#define MAX_MEMBERS 256 /* of one object: each name is compared with all others */
#define MAX_NAME 128    /* bytes, with the NUL */

/* --- checking ------------------------------------------------------------------ */

struct reader {
	const char *start, *at, *end;
	unsigned depth;
	struct error *err;
};

static int fail(struct reader *r, const char *why)
{
	error_set(r->err, ERR_FORMAT, "%s at offset %zu", why, (size_t)(r->at - r->start));
	return error_wrap(r->err, ERR_FORMAT, "Invalid JSON");
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void skip_space(struct reader *r)
{
	while (r->at < r->end && is_space(*r->at))
		r->at++;
}

static bool next_is(const struct reader *r, char c)
{
	return r->at < r->end && *r->at == c;
}

/* The four digits of \uXXXX at @at; -1 when they are none. */
static int hex4(const char *at, const char *end)
{
	int value = 0;

	if (end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = at[i];

		if (is_digit(c))
			value = value << 4 | (c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			value = value << 4 | ((c | 0x20) - 'a' + 10);
		else
			return -1;
	}
	return value;
}

/* The character of \uXXXX or of a surrogate pair; *@length in bytes, from the backslash. */
static long unicode_escape(const char *at, const char *end, size_t *length)
{
	int high = hex4(at + 2, end), low;

	*length = 6;
	if (high < 0xd800 || high > 0xdfff)
		return high;
	if (high > 0xdbff || end - at < 12 || at[6] != '\\' || at[7] != 'u')
		return -1;
	low = hex4(at + 8, end);
	*length = 12;
	return low >= 0xdc00 && low <= 0xdfff ?
	       0x10000 + ((long)(high - 0xd800) << 10) + (low - 0xdc00) : -1;
}

static int read_escape(struct reader *r)
{
	size_t length = 2;

	if (r->end - r->at < 2 || !r->at[1] || !strchr("\"\\/bfnrtu", r->at[1]))
		return fail(r, "Unknown escape");
	/* NUL would end a string early for who reads it. */
	if (r->at[1] == 'u' && unicode_escape(r->at, r->end, &length) <= 0)
		return fail(r, "Bad \\u escape");
	r->at += length;
	return 0;
}

/* Length of the UTF-8 sequence at @at; 0 when it is none (RFC 3629). */
static size_t utf8_length(const uint8_t *at, const uint8_t *end)
{
	static const struct {
		uint8_t first_low, first_high, second_low, second_high;
		size_t length;
	} forms[] = {
		{ 0x20, 0x7f, 0x00, 0xff, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		size_t length = forms[i].length;

		if (at[0] < forms[i].first_low || at[0] > forms[i].first_high)
			continue;
		if ((size_t)(end - at) < length)
			return 0;
		if (length > 1 &&
		    (at[1] < forms[i].second_low || at[1] > forms[i].second_high))
			return 0;
		for (size_t k = 2; k < length; k++)
			if ((at[k] & 0xc0) != 0x80)
				return 0;
		return length;
	}
	return 0;
}

static int read_string(struct reader *r)
{
	if (!next_is(r, '"'))
		return fail(r, "A string is missing");
	r->at++;
	while (r->at < r->end && *r->at != '"') {
		size_t length;

		if (*r->at == '\\') {
			int rc = read_escape(r);

			if (rc < 0)
				return rc;
			continue;
		}
		length = utf8_length((const uint8_t *)r->at, (const uint8_t *)r->end);
		if (length == 0)
			return fail(r, "A character that no string may hold");
		r->at += length;
	}
	if (r->at == r->end)
		return fail(r, "A string does not end");
	r->at++;
	return 0;
}

static bool skip_digits(struct reader *r)
{
	const char *first = r->at;

	while (r->at < r->end && is_digit(*r->at))
		r->at++;
	return r->at > first;
}

static int read_number(struct reader *r)
{
	if (next_is(r, '-'))
		r->at++;
	if (next_is(r, '0'))
		r->at++;
	else if (!skip_digits(r))
		return fail(r, "A value is missing");
	if (next_is(r, '.')) {
		r->at++;
		if (!skip_digits(r))
			return fail(r, "A digit is missing");
	}
	if (next_is(r, 'e') || next_is(r, 'E')) {
		r->at++;
		if (next_is(r, '+') || next_is(r, '-'))
			r->at++;
		if (!skip_digits(r))
			return fail(r, "A digit is missing");
	}
	return 0;
}

static int read_word(struct reader *r)
{
	static const char *const words[] = { "true", "false", "null" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t length = strlen(words[i]);

		if ((size_t)(r->end - r->at) >= length &&
		    memcmp(r->at, words[i], length) == 0) {
			r->at += length;
			return 0;
		}
	}
	return fail(r, "Unknown word");
}

static int read_value(struct reader *r, struct json_value *value);

static int read_array(struct reader *r)
{
	struct json_value element;
	int rc;

	r->at++;
	skip_space(r);
	if (next_is(r, ']')) {
		r->at++;
		return 0;
	}
	for (;;) {
		rc = read_value(r, &element);
		if (rc < 0)
			return rc;
		skip_space(r);
		if (next_is(r, ']')) {
			r->at++;
			return 0;
		}
		if (!next_is(r, ','))
			return fail(r, "A comma or the end of the array is missing");
		r->at++;
	}
}

/* One name, its colon, its value. Each name once. */
static int read_member(struct reader *r, struct json_value *names, size_t count)
{
	char name[MAX_NAME], earlier[MAX_NAME];
	struct json_value value;
	int rc;

	skip_space(r);
	names[count] = (struct json_value){ .kind = JSON_STRING, .chars = r->at };
	rc = read_string(r);
	if (rc < 0)
		return rc;
	names[count].size = (size_t)(r->at - names[count].chars);
	if (!json_get_string(name, sizeof(name), names[count]))
		return fail(r, "A name is too long");
	for (size_t i = 0; i < count; i++)
		if (json_get_string(earlier, sizeof(earlier), names[i]) &&
		    strcmp(name, earlier) == 0)
			return fail(r, "A name stands there twice");
	skip_space(r);
	if (!next_is(r, ':'))
		return fail(r, "A colon is missing");
	r->at++;
	return read_value(r, &value);
}

static int read_object(struct reader *r)
{
	struct json_value names[MAX_MEMBERS];
	size_t count = 0;
	int rc;

	r->at++;
	skip_space(r);
	if (next_is(r, '}')) {
		r->at++;
		return 0;
	}
	for (;;) {
		if (count == MAX_MEMBERS)
			return fail(r, "Too many members");
		rc = read_member(r, names, count++);
		if (rc < 0)
			return rc;
		skip_space(r);
		if (next_is(r, '}')) {
			r->at++;
			return 0;
		}
		if (!next_is(r, ','))
			return fail(r, "A comma or the end of the object is missing");
		r->at++;
	}
}

static enum json_kind kind_at(char c)
{
	switch (c) {
	case '{': return JSON_OBJECT;
	case '[': return JSON_ARRAY;
	case '"': return JSON_STRING;
	case 't': case 'f': return JSON_BOOL;
	case 'n': return JSON_NULL;
	default: return JSON_NUMBER;
	}
}

static int read_by_kind(struct reader *r, enum json_kind kind)
{
	switch (kind) {
	case JSON_OBJECT: return read_object(r);
	case JSON_ARRAY: return read_array(r);
	case JSON_STRING: return read_string(r);
	case JSON_NUMBER: return read_number(r);
	default: return read_word(r);
	}
}

static int read_value(struct reader *r, struct json_value *value)
{
	int rc;

	skip_space(r);
	if (r->at == r->end)
		return fail(r, "A value is missing");
	if (r->depth == JSON_READ_DEPTH)
		return fail(r, "Too deep");
	*value = (struct json_value){ .kind = kind_at(*r->at), .chars = r->at };
	r->depth++;
	rc = read_by_kind(r, value->kind);
	r->depth--;
	value->size = (size_t)(r->at - value->chars);
	return rc;
}

int json_read(struct json_value *value, const void *text, size_t size,
	      struct error *err)
{
	struct reader r = { .start = text, .at = text, .err = err };
	int rc;

	if (size > JSON_READ_MAX_SIZE)
		return error_set(err, ERR_FORMAT, "%zu bytes of JSON are more than %d", size,
				 JSON_READ_MAX_SIZE);
	r.end = size ? r.start + size : r.start;
	rc = read_value(&r, value);
	if (rc < 0)
		return rc;
	skip_space(&r);
	return r.at == r.end ? 0 : fail(&r, "More than one value");
}

/* --- walking a checked document ---------------------------------------------------- */

static const char *after_space(const char *at)
{
	while (is_space(*at))
		at++;
	return at;
}

static const char *after_string(const char *at)
{
	for (at++; *at != '"'; at++)
		if (*at == '\\')
			at++;
	return at + 1;
}

/* The bytes of a checked value end where its nesting does. */
static struct json_value value_at(const char *at, const char *end)
{
	struct json_value value = { .kind = kind_at(*at), .chars = at };
	unsigned depth = 0;

	while (at < end) {
		if (*at == '"') {
			at = after_string(at);
		} else if (*at == '{' || *at == '[') {
			depth++;
			at++;
		} else if (*at == '}' || *at == ']') {
			if (depth == 0)
				break;
			depth--;
			at++;
		} else if (depth == 0 && (*at == ',' || is_space(*at))) {
			break;
		} else {
			at++;
		}
		if (depth == 0 && value.kind >= JSON_STRING)
			break;
	}
	value.size = (size_t)(at - value.chars);
	return value;
}

struct json_value json_member(struct json_value object, const char *name)
{
	char found[MAX_NAME];
	const char *at, *end;

	if (object.kind != JSON_OBJECT)
		return (struct json_value){ JSON_ABSENT, NULL, 0 };
	end = object.chars + object.size;
	for (at = after_space(object.chars + 1); *at != '}'; at = after_space(at)) {
		struct json_value label = value_at(at, end), value;

		at = after_space(label.chars + label.size); /* colon */
		value = value_at(after_space(at + 1), end);
		if (json_get_string(found, sizeof(found), label) && strcmp(found, name) == 0)
			return value;
		at = after_space(value.chars + value.size);
		if (*at == ',')
			at++;
	}
	return (struct json_value){ JSON_ABSENT, NULL, 0 };
}

static struct json_value element_at(struct json_value array, const char *at)
{
	at = after_space(at);
	if (*at == ']')
		return (struct json_value){ JSON_ABSENT, NULL, 0 };
	return value_at(at, array.chars + array.size);
}

struct json_value json_first(struct json_value array)
{
	if (array.kind != JSON_ARRAY)
		return (struct json_value){ JSON_ABSENT, NULL, 0 };
	return element_at(array, array.chars + 1);
}

struct json_value json_next(struct json_value array, struct json_value element)
{
	const char *at = after_space(element.chars + element.size);

	return element_at(array, *at == ',' ? at + 1 : at);
}

bool json_get_bool(bool *out, struct json_value value)
{
	*out = value.kind == JSON_BOOL && *value.chars == 't';
	return value.kind == JSON_BOOL;
}

bool json_get_u64(uint64_t *out, struct json_value value)
{
	*out = 0;
	if (value.kind != JSON_NUMBER)
		return false;
	for (size_t i = 0; i < value.size; i++) {
		unsigned digit = (unsigned)(value.chars[i] - '0');

		if (!is_digit(value.chars[i]) || *out > (UINT64_MAX - digit) / 10)
			return false;
		*out = *out * 10 + digit;
	}
	return true;
}

/* Writes @code as UTF-8; returns how many bytes. */
static size_t put_utf8(char out[4], long code)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

/* One character of a checked string, decoded to @out; *@at moves behind it. */
static size_t decode(char out[4], const char **at, const char *end)
{
	static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	size_t length;

	if (**at != '\\') {
		out[0] = *(*at)++;
		return 1;
	}
	if ((*at)[1] == 'u') {
		long code = unicode_escape(*at, end, &length);

		*at += length;
		return put_utf8(out, code);
	}
	out[0] = meanings[strchr(escapes, (*at)[1]) - escapes];
	*at += 2;
	return 1;
}

bool json_get_string(char *out, size_t room, struct json_value value)
{
	const char *at, *end;
	size_t used = 0;

	if (value.kind != JSON_STRING || room == 0)
		return false;
	at = value.chars + 1;
	end = value.chars + value.size - 1; /* the quotes */
	while (at < end) {
		char bytes[4];
		size_t count = decode(bytes, &at, end);

		if (count >= room - used)
			return false;
		memcpy(out + used, bytes, count);
		used += count;
	}
	out[used] = '\0';
	return true;
}
