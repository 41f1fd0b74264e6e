/* SPDX-License-Identifier: MIT */
#ifndef UV_BASE_HEX_H
#define UV_BASE_HEX_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Writes 2 * @size lower-case digits and a NUL to @out; returns @out. */
char *hex_encode(char *out, const void *data, size_t size);

/*
 * Reads exactly 2 * @size hexadecimal digits (either case, no prefix) of a
 * string of @length characters. ERR_FORMAT for another length or character.
 */
int hex_decode(void *out, size_t size, const char *text, size_t length,
	       struct error *err);

/* Reads 1 to 16 hexadecimal digits, with or without the prefix 0x. */
int hex_parse_u64(uint64_t *out, const char *text, struct error *err);

#endif
