/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void __attribute__((format(printf, 3, 0)))
set(struct error *err, int code, const char *format, va_list ap)
{
	error_clear(err);
	err->code = code;
	vsnprintf(err->message, sizeof(err->message), format, ap);
}

int error_set(struct error *err, int code, const char *format, ...)
{
	va_list ap;

	if (!err)
		return code;
	va_start(ap, format);
	set(err, code, format, ap);
	va_end(ap);
	return code;
}

int error_set_errno(struct error *err, int code, int errnum,
		    const char *format, ...)
{
	va_list ap;

	if (!err)
		return code;
	va_start(ap, format);
	set(err, code, format, ap);
	va_end(ap);
	snprintf(err->cause, sizeof(err->cause), "%s", strerror(errnum));
	return code;
}

int error_wrap(struct error *err, int code, const char *format, ...)
{
	char inner[sizeof(err->message) + sizeof(err->cause) + 2];
	va_list ap;

	if (!err)
		return code;
	snprintf(inner, sizeof(inner), "%s%s%s", err->message,
		 err->cause[0] ? ": " : "", err->cause);
	/* A chain longer than the buffer loses its innermost end. */
	snprintf(err->cause, sizeof(err->cause), "%.*s", (int)sizeof(err->cause) - 1,
		 inner);
	err->code = code;
	va_start(ap, format);
	vsnprintf(err->message, sizeof(err->message), format, ap);
	va_end(ap);
	return code;
}

int error_hint(struct error *err, int code, const char *format, ...)
{
	va_list ap;

	if (!err)
		return code;
	va_start(ap, format);
	vsnprintf(err->hint, sizeof(err->hint), format, ap);
	va_end(ap);
	return code;
}

void error_clear(struct error *err)
{
	if (!err)
		return;
	err->code = 0;
	err->message[0] = err->cause[0] = err->hint[0] = '\0';
}
