/* SPDX-License-Identifier: MIT */
/* A made-up dump in a nameless file, for the tests that read dumps. */
#ifndef UV_TESTS_DUMP_FIXTURE_H
#define UV_TESTS_DUMP_FIXTURE_H

#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dump/dump.h"
#include "dump_maker.h"

struct made_dump {
	struct dump_maker maker;
	int fd;
	char path[64];
	struct secret *cck;
};

static inline void make_empty(struct made_dump *made)
{
	for (size_t i = 0; i < DUMP_CCK_SIZE; i++)
		made->maker.cck[i] = (uint8_t)i;
	made->fd = memfd_create("dump", MFD_CLOEXEC);
	assert_true(made->fd >= 0);
	snprintf(made->path, sizeof(made->path), "/proc/self/fd/%d", made->fd);
	made->cck = secret_copy(made->maker.cck, DUMP_CCK_SIZE);
}

static inline void make_protected(struct made_dump *made, struct dump_maker maker)
{
	*made = (struct made_dump){ .maker = maker };
	make_empty(made);
	maker_write_protected(&made->maker, made->fd);
}

static inline void make_plain(struct made_dump *made, struct dump_maker maker)
{
	*made = (struct made_dump){ .maker = maker };
	make_empty(made);
	maker_write_plain(&made->maker, made->fd);
}

static inline void unmake(struct made_dump *made)
{
	close(made->fd);
	secret_free(made->cck);
}

/* Opened and unlocked, with a reader. */
static inline void open_made(struct dump **dump, struct dump_reader **reader,
			     const struct made_dump *made)
{
	struct error err = { 0 };

	assert_ok(dump_open(dump, made->path, NULL, &err), &err);
	assert_ok(dump_unlock(*dump, made->cck, &err), &err);
	assert_ok(dump_reader_new(reader, *dump, &err), &err);
}

static inline void close_made(struct dump *dump, struct dump_reader *reader)
{
	dump_reader_free(reader);
	dump_close(dump);
}

#endif
