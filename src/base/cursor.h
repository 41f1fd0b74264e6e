/* SPDX-License-Identifier: MIT */
/*
 * A bounds-checked walk over bytes that somebody else wrote.
 *
 * A read beyond the end returns NULL and sets @failed; every later read then
 * returns NULL too, so a parser may check once at the end of a run of reads.
 */
#ifndef UV_BASE_CURSOR_H
#define UV_BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor {
	const uint8_t *data;
	size_t size;
	size_t position;
	bool failed;
};

static inline struct cursor cursor_over(const void *data, size_t size)
{
	return (struct cursor){ .data = data, .size = size };
}

static inline size_t cursor_left(const struct cursor *c)
{
	return c->failed ? 0 : c->size - c->position;
}

/* The next @count bytes, in place; NULL when fewer are left. */
static inline const void *cursor_take(struct cursor *c, size_t count)
{
	const uint8_t *at;

	if (c->failed || count > c->size - c->position) {
		c->failed = true;
		return NULL;
	}
	at = c->data + c->position;
	c->position += count;
	return at;
}

#endif
