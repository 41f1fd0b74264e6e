/* SPDX-License-Identifier: MIT */
/*
 * Remarks of library code to whoever runs it. The library never prints: it
 * hands finished sentences (no newline) to the sink its caller gave it.
 */
#ifndef UV_BASE_LOG_H
#define UV_BASE_LOG_H

enum log_level { LOG_ERROR = 1, LOG_WARN, LOG_INFO, LOG_DEBUG };

struct log {
	void (*emit)(void *context, enum log_level level, const char *text);
	void *context;
};

/* @log may be NULL: then the remark is dropped. */
void log_emit(const struct log *log, enum log_level level,
	      const char *format, ...) __attribute__((format(printf, 3, 4)));

#define log_warn(log, ...) log_emit(log, LOG_WARN, __VA_ARGS__)
#define log_info(log, ...) log_emit(log, LOG_INFO, __VA_ARGS__)
#define log_debug(log, ...) log_emit(log, LOG_DEBUG, __VA_ARGS__)

#endif
