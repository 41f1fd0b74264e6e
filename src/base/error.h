/* SPDX-License-Identifier: MIT */
/*
 * How library functions report failure.
 *
 * They return 0 or one of the negative codes below, and describe the failure
 * in the struct error given last (which may be NULL). A message says what
 * failed and where (file, offset, field); the cause chain says why; the hint
 * says what the reader can do about it.
 */
#ifndef UV_BASE_ERROR_H
#define UV_BASE_ERROR_H

enum error_code {
	ERR_NOMEM = -1,       /* out of memory */
	ERR_IO = -2,          /* a system call on a file or socket failed */
	ERR_FORMAT = -3,      /* bytes that do not follow their format */
	ERR_AUTH = -4,        /* a tag, signature, digest or chain is wrong */
	ERR_CRYPTO = -5,      /* the crypto library refused to work */
	ERR_EXISTS = -6,      /* the target exists and may not be replaced */
	ERR_NOT_FOUND = -7,   /* a file, key or entry is absent */
	ERR_INVALID = -8,     /* an argument or combination makes no sense */
	ERR_UNSUPPORTED = -9, /* well-formed, but beyond this implementation */
	ERR_REFUSED = -10,    /* possible, but against the rules (a verdict) */
};

struct error {
	int code;          /* 0, or the negative enum error_code */
	char message[640]; /* what failed, and where */
	char cause[1024];  /* why: inner messages, joined by ": ", or empty */
	char hint[640];    /* what to do about it, or empty */
};

/* Describes a new failure (an earlier content of @err is dropped). Returns @code. */
int error_set(struct error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* As error_set(), with the text of errno value @errnum as cause. */
int error_set_errno(struct error *err, int code, int errnum,
		    const char *format, ...) __attribute__((format(printf, 4, 5)));

/*
 * Puts a new message around the one in @err: the old message moves to the
 * front of the cause. Keeps the hint. Returns @code, usually what the inner
 * function returned.
 */
int error_wrap(struct error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Replaces the hint. Returns @code, so that it can end a function. */
int error_hint(struct error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Forgets what @err holds, after a failure that was dealt with. */
void error_clear(struct error *err);

#endif
