/* SPDX-License-Identifier: MIT */
/*
 * The kernel's command line: variables of zipl's environment block in it. Pure,
 * so that it can be unit tested on the build machine. See
 * docs/reference/boot-map.md, "Environment block".
 */
#ifndef UV_GUEST_COMMAND_LINE_H
#define UV_GUEST_COMMAND_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "ipl/iplb.h"

/* Text before the NUL, at most @limit bytes of it. */
size_t text_length(const char *text, size_t limit);

/*
 * The site that the load parameter selects: '0' to '9' for "S0" to "S9", and for
 * "SS" the number of the subchannel set @ssid; otherwise 0.
 */
char site_of(const struct iplb *iplb, unsigned ssid);

/*
 * Replaces each ${NAME} in @line, which has a NUL and @room bytes, by NAME's value
 * in the @size bytes of @environment: that for @site, unless it is 0 or has none,
 * else the general one, else nothing. False when the line would not fit; then
 * the rest of it stays as it was.
 */
bool command_line_expand(char *line, size_t room, const char *environment, size_t size,
			 char site);

#endif
