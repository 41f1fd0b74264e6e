/* SPDX-License-Identifier: MIT */
/* The consoles of the machine, for people to read. */
#ifndef UV_GUEST_CONSOLE_H
#define UV_GUEST_CONSOLE_H

#include "lib/sclp_message.h"

/*
 * Shows @text (ASCII, no newline) as one line on the ASCII console and on the
 * line-mode console, whichever the machine has; with neither, nothing
 * happens. @page: SCCB_SIZE bytes of scratch, page aligned, below 2 GiB.
 * Nothing is switched on for it, so nothing has to be switched off.
 */
void console_line(struct sccb *page, const char *text);

#endif
