/* SPDX-License-Identifier: MIT */
/*
 * Writes JSON in the order in which it is told, on top of struct text.
 * (Writing only: where JSON is read, Jansson does it.)
 *
 * Inside an object every value needs a name; inside an array, and at the top,
 * the name is NULL.
 */
#ifndef UV_BASE_JSON_H
#define UV_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

#define JSON_MAX_DEPTH 16

struct json {
	struct text *out;
	bool pretty; /* two blanks an indentation step; else all on one line */
	unsigned depth;
	bool filled[JSON_MAX_DEPTH]; /* something was written at this depth */
};

static inline struct json json_to(struct text *out, bool pretty)
{
	return (struct json){ .out = out, .pretty = pretty };
}

void json_object_begin(struct json *json, const char *name);
void json_object_end(struct json *json);
void json_array_begin(struct json *json, const char *name);
void json_array_end(struct json *json);
/* Control characters are escaped; what is no UTF-8 becomes U+FFFD. */
void json_text(struct json *json, const char *name, const char *value);
void json_u64(struct json *json, const char *name, uint64_t value);
void json_bool(struct json *json, const char *name, bool value);
/* The bytes as a string of lower-case hexadecimal digits. */
void json_hex(struct json *json, const char *name, const void *data, size_t size);
/* The number as a string of 16 hexadecimal digits, without prefix. */
void json_hex_u64(struct json *json, const char *name, uint64_t value);

#endif
