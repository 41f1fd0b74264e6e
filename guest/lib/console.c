/* SPDX-License-Identifier: MIT */
#include "lib/console.h"

#include "lib/sclp.h"

void console_line(struct sccb *page, const char *text)
{
	sclp_ascii_message(page, text);
	sclp_call(SCLP_WRITE_EVENT_DATA, page);
	sclp_line_message(page, text);
	sclp_call(SCLP_WRITE_EVENT_DATA, page);
}
