/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

void log_emit(const struct log *log, enum log_level level,
	      const char *format, ...)
{
	char text[1024];
	va_list ap;

	if (!log || !log->emit)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	log->emit(log->context, level, text);
}
