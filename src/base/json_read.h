/* SPDX-License-Identifier: MIT */
/*
 * Reads JSON that somebody else wrote: checks a whole document once, then hands
 * out views into its bytes. Nothing is allocated, nothing is copied but strings.
 *
 * Only what RFC 8259 allows; depth is limited, a name may stand in an object
 * once only, and strings must be UTF-8 without NUL.
 */
#ifndef UV_BASE_JSON_READ_H
#define UV_BASE_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define JSON_READ_DEPTH 16
#define JSON_READ_MAX_SIZE (1024 * 1024)

enum json_kind {
	JSON_ABSENT, /* no such member or element */
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

/* A value: its bytes in the document. */
struct json_value {
	enum json_kind kind;
	const char *chars;
	size_t size;
};

/*
 * Checks the document of @size bytes at @text (no NUL needed) and gives out its
 * one value. ERR_FORMAT with the offset and the rule otherwise.
 */
int json_read(struct json_value *value, const void *text, size_t size,
	      struct error *err);

/* The member @name of an object; JSON_ABSENT when there is none. */
struct json_value json_member(struct json_value object, const char *name);

/*
 * The first element of an array, and the one behind @element; JSON_ABSENT at the
 * end.
 */
struct json_value json_first(struct json_value array);
struct json_value json_next(struct json_value array, struct json_value element);

/*
 * What a value says. False when it is of another kind, or does not fit into
 * @room bytes with its NUL.
 */
bool json_get_bool(bool *out, struct json_value value);
bool json_get_u64(uint64_t *out, struct json_value value);
bool json_get_string(char *out, size_t room, struct json_value value);

#endif
