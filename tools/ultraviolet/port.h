/* SPDX-License-Identifier: MIT */
#ifndef UV_TOOLS_ULTRAVIOLET_PORT_H
#define UV_TOOLS_ULTRAVIOLET_PORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Reads a port number, 0 to 65535; false for anything else. */
static inline bool port_parse(uint16_t *port, const char *text)
{
	unsigned long number;
	size_t length = strlen(text);

	if (length == 0 || length > 5 || strspn(text, "0123456789") != length)
		return false;
	number = strtoul(text, NULL, 10);
	*port = (uint16_t)number;
	return number <= UINT16_MAX;
}

#endif
