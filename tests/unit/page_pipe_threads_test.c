/* SPDX-License-Identifier: MIT */
/* The threads of the page pipe; also run under ThreadSanitizer. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image/page_pipe.h"
#include "image_fixture.h"

#define MIB 1048576

static const size_t sizes[] = { 0, 1, 4096, 3 * MIB + 5, 40 * MIB, MIB, 17 * MIB - 1 };
#define COUNT (sizeof(sizes) / sizeof(sizes[0]))
#define LARGEST ((size_t)40 * MIB)

static uint8_t *make_bytes(void)
{
	uint8_t *bytes = malloc(LARGEST);

	assert_non_null(bytes);
	for (size_t i = 0; i < LARGEST; i++)
		bytes[i] = (uint8_t)(i * 31 + i / 4096);
	return bytes;
}

static void feed(struct page_pipe *pipe, const uint8_t *bytes, size_t size,
		 uint64_t *address, uint64_t prefix)
{
	struct source *source;
	struct error err;
	uint64_t fed;

	assert_ok(source_from_bytes(&source, bytes, size, "bytes", &err), &err);
	assert_ok(page_pipe_feed(pipe, source, *address, prefix, &fed, &err), &err);
	assert_int_equal(fed, size);
	*address += size ? (size + 4095) / 4096 * 4096 : 4096;
	source_free(source);
}

/* The same, step by step. */
static void expect(struct page_digest_values *values, const uint8_t *bytes,
		   uint8_t *written, const uint8_t *key)
{
	struct page_digests *digests;
	uint64_t address = 0;
	struct error err;
	struct xts *xts = NULL;

	assert_ok(page_digests_new(&digests, &err), &err);
	if (key)
		assert_ok(xts_new(&xts, key, XTS_ENCRYPT, &err), &err);
	for (size_t i = 0; i < COUNT; i++) {
		for (size_t at = 0; at == 0 || at < sizes[i]; at += 4096) {
			struct page_tweak tweak = { be64(i + 1), be64(at) };
			size_t left = sizes[i] - at;
			uint8_t *page = written + address;

			memset(page, 0, 4096);
			memcpy(page, bytes + at, left < 4096 ? left : 4096);
			if (key)
				assert_ok(xts_page(xts, (uint8_t *)&tweak, page, page, &err), &err);
			assert_ok(page_digests_add(digests, page, address, &tweak, &err), &err);
			address += 4096;
		}
	}
	assert_ok(page_digests_values(digests, values, &err), &err);
	page_digests_free(digests);
	xts_free(xts);
}

static void check(const uint8_t *key)
{
	size_t room = LARGEST * 2;
	uint8_t *bytes = make_bytes(), *expected = malloc(room), *found = malloc(room);
	struct page_digest_values values, right;
	char path[] = "/tmp/uv-pipe-XXXXXX";
	uint64_t address = 0, pages;
	int fd = mkstemp(path);
	struct page_pipe *pipe;
	struct error err;

	assert_true(fd >= 0 && expected && found);
	unlink(path);
	assert_ok(page_pipe_new(&pipe, fd, key, &err), &err);
	for (size_t i = 0; i < COUNT; i++)
		feed(pipe, bytes, sizes[i], &address, i + 1);
	assert_ok(page_pipe_finish(pipe, &values, &pages, &err), &err);
	page_pipe_free(pipe);
	assert_int_equal(pages, address / 4096);
	expect(&right, bytes, expected, key);
	assert_memory_equal(&values, &right, sizeof(right));
	assert_int_equal(pread(fd, found, room, 0), address);
	assert_memory_equal(found, expected, address);
	close(fd);
	free(bytes);
	free(expected);
	free(found);
}

static void encrypted(void **state)
{
	uint8_t key[64];

	(void)state;
	fixture_count_up(key, sizeof(key), 0);
	check(key);
}

static void as_they_are(void **state)
{
	(void)state;
	check(NULL);
}

/* Without an output, only the digests are made. */
static void hashed_only(void **state)
{
	uint8_t *bytes = make_bytes(), *scratch = malloc(LARGEST * 2);
	struct page_digest_values values, right;
	uint64_t address = 0, pages;
	struct page_pipe *pipe;
	struct error err;

	(void)state;
	assert_ok(page_pipe_new(&pipe, -1, NULL, &err), &err);
	for (size_t i = 0; i < COUNT; i++)
		feed(pipe, bytes, sizes[i], &address, i + 1);
	assert_ok(page_pipe_finish(pipe, &values, &pages, &err), &err);
	page_pipe_free(pipe);
	expect(&right, bytes, scratch, NULL);
	assert_memory_equal(&values, &right, sizeof(right));
	free(bytes);
	free(scratch);
}

/* A failing writer is heard of while feeding or at the end, never not at all. */
static void a_failing_writer(void **state)
{
	uint8_t *bytes = make_bytes();
	uint8_t key[64];

	(void)state;
	fixture_count_up(key, sizeof(key), 0);
	for (size_t size = 1; size <= LARGEST; size = size * 7 + 4096) {
		struct page_digest_values values;
		struct page_pipe *pipe;
		struct source *source;
		uint64_t fed, pages;
		struct error err = { 0 };
		int fd = open("/dev/full", O_RDWR), rc;

		assert_true(fd >= 0);
		assert_ok(page_pipe_new(&pipe, fd, key, &err), &err);
		assert_ok(source_from_bytes(&source, bytes, size, "bytes", &err), &err);
		rc = page_pipe_feed(pipe, source, 0, 1, &fed, &err);
		if (rc == 0)
			rc = page_pipe_finish(pipe, &values, &pages, &err);
		assert_int_equal(rc, ERR_IO);
		assert_non_null(strstr(err.cause, strerror(ENOSPC)));
		source_free(source);
		page_pipe_free(pipe);
		close(fd);
	}
	free(bytes);
}

/* Dropped at any time, with work under way. */
static void dropped_in_between(void **state)
{
	uint8_t *bytes = make_bytes(), key[64];

	(void)state;
	fixture_count_up(key, sizeof(key), 0);
	for (size_t size = 0; size <= 20 * MIB; size += 5 * MIB) {
		uint64_t address = 0;
		struct page_pipe *pipe;
		struct error err;

		assert_ok(page_pipe_new(&pipe, -1, key, &err), &err);
		if (size)
			feed(pipe, bytes, size, &address, 1);
		page_pipe_free(pipe);
	}
	free(bytes);
}

static void keys_with_equal_halves(void **state)
{
	struct page_digest_values values;
	uint8_t key[64] = { 0 };
	struct page_pipe *pipe;
	uint64_t pages;
	struct error err = { 0 };

	(void)state;
	/* The cipher thread refuses it; that may show at the end only. */
	assert_ok(page_pipe_new(&pipe, -1, key, &err), &err);
	assert_int_equal(page_pipe_finish(pipe, &values, &pages, &err), ERR_INVALID);
	page_pipe_free(pipe);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encrypted),
		cmocka_unit_test(as_they_are),
		cmocka_unit_test(hashed_only),
		cmocka_unit_test(a_failing_writer),
		cmocka_unit_test(dropped_in_between),
		cmocka_unit_test(keys_with_equal_halves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
