/* SPDX-License-Identifier: MIT */
/* Guest calls of a fixture, and their outcome as the guest sees it. */
#ifndef UV_TESTS_ULTRAVISOR_SEEN_H
#define UV_TESTS_ULTRAVISOR_SEEN_H

#include <stdlib.h>
#include <string.h>

#include "ultravisor/calls.h"
#include "ultravisor/reason_table.h"
#include "ultravisor/uvcb.h"
#include "ultravisor_fixture.h"

#define UV(f) (f)->world.uv, (f)->world.handle

struct seen {
	unsigned cc;
	uint16_t rc, rrc;
	size_t stored;
};

static inline struct seen call_block(struct fixture *f, void *block, size_t size)
{
	struct uv_access access = world_access(&f->world);
	const struct uvcb_header *header = block;
	struct seen seen;

	seen.cc = uv_guest_call(UV(f), block, size, &access, &seen.stored);
	seen.rc = be16_get(header->rc);
	seen.rrc = be16_get(header->rrc);
	/* Whatever comes out can be explained. */
	if (seen.cc == 1)
		assert_non_null(reason_find(be16_get(header->code), seen.rc, seen.rrc));
	return seen;
}

/* A call whose block is zeros behind the header. */
static inline struct seen call_empty(struct fixture *f, uint16_t code, uint16_t size)
{
	static uint8_t block[UVCB_MAX_SIZE];
	struct uvcb_header *header = (struct uvcb_header *)block;

	memset(block, 0, sizeof(block));
	header->size = be16(size);
	header->code = be16(code);
	return call_block(f, block, size < UVCB_HEADER_SIZE ? UVCB_HEADER_SIZE : size);
}

#define assert_seen_reason(call, want_cc, want_rc, want_rrc)                  \
	do {                                                                  \
		struct seen seen_ = (call);                                   \
		if (seen_.cc != (want_cc) || seen_.rc != (want_rc) ||         \
		    seen_.rrc != (want_rrc))                                  \
			fail_msg("cc %u, rc 0x%04x, rrc 0x%04x", seen_.cc,    \
				 seen_.rc, seen_.rrc);                        \
	} while (0)

#define assert_seen(call, want_cc, want_rc) assert_seen_reason(call, want_cc, want_rc, 0)

/* Boots the image on a machine of this generation. */
static inline void restart_as(struct fixture *f, const char *generation)
{
	f->world.generation = *generation_by_name(generation);
	world_restart(&f->world, WITH_HOST_KEY);
	assert_executed(world_boot(&f->world, &f->image));
}

/* The last line of the trace; empties the trace. Caller frees. */
static inline char *last_line(struct fixture *f)
{
	const char *chars = text_chars(&f->world.trace);
	size_t length = strlen(chars);
	const char *start = chars + length - 1;
	char *line;

	assert_true(length > 0);
	while (start > chars && start[-1] != '\n')
		start--;
	line = strndup(start, (size_t)(chars + length - 1 - start));
	text_free(&f->world.trace);
	return line;
}

/* Fails unless the last call left this line, up to its time, which differs. */
static inline void assert_traced(struct fixture *f, const char *expected)
{
	char *line = last_line(f);

	assert_true(strlen(line) > strlen(expected));
	line[strlen(expected)] = '\0';
	assert_string_equal(line, expected);
	free(line);
}

#endif
