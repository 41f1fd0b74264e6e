/* SPDX-License-Identifier: MIT */
#include "base/hex.h"

#include <string.h>

char *hex_encode(char *out, const void *data, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *bytes = data;

	for (size_t i = 0; i < size; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * size] = '\0';
	return out;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int hex_decode(void *out, size_t size, const char *text, size_t length,
	       struct error *err)
{
	uint8_t *bytes = out;

	if (length != 2 * size)
		return error_set(err, ERR_FORMAT,
				 "Expected %zu hexadecimal digits, found %zu characters",
				 2 * size, length);
	for (size_t i = 0; i < size; i++) {
		int high = digit_value(text[2 * i]);
		int low = digit_value(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return error_set(err, ERR_FORMAT,
					 "No hexadecimal digit at position %zu",
					 2 * i + (high < 0 ? 0 : 1));
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	return 0;
}

int hex_parse_u64(uint64_t *out, const char *text, struct error *err)
{
	const char *digits = text;
	uint64_t value = 0;
	size_t length;

	if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X'))
		digits += 2;
	length = strlen(digits);
	if (length < 1 || length > 16)
		goto invalid;
	for (size_t i = 0; i < length; i++) {
		int digit = digit_value(digits[i]);

		if (digit < 0)
			goto invalid;
		value = value << 4 | (uint64_t)digit;
	}
	*out = value;
	return 0;
invalid:
	return error_set(err, ERR_INVALID,
			 "Invalid value '%s': expected up to 16 hexadecimal digits, for example 0xe0",
			 text);
}
