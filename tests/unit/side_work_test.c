/* SPDX-License-Identifier: MIT */
/* Work in a second thread: all of it, in order, and what failed. */
#include "unit.h"

#include <pthread.h>
#include <string.h>

#include "base/error.h"
#include "base/side_work.h"

#define PIECES 1000
#define PIECE_SIZE 64

struct seen {
	pthread_t thread;
	unsigned count;
	uint64_t sum;
	unsigned fail_at; /* piece number; 0 = none */
};

static int work(void *context, unsigned buffer, const uint8_t *bytes, size_t size)
{
	struct seen *seen = context;

	seen->thread = pthread_self();
	assert_int_equal(buffer, seen->count % SIDE_WORK_BUFFERS);
	assert_int_equal(size, 1 + seen->count % PIECE_SIZE);
	for (size_t i = 0; i < size; i++)
		assert_int_equal(bytes[i], (uint8_t)seen->count);
	seen->count++;
	seen->sum += size;
	if (seen->fail_at == 0 || seen->count < seen->fail_at)
		return 0;
	return seen->count == seen->fail_at ? ERR_CRYPTO : ERR_IO;
}

static void submit(struct side_work *side, unsigned number)
{
	size_t size = 1 + number % PIECE_SIZE;
	unsigned buffer;
	uint8_t *bytes = side_work_buffer(side, &buffer);

	assert_int_equal(buffer, number % SIDE_WORK_BUFFERS);
	memset(bytes, (int)number, size);
	side_work_submit(side, size);
}

static void in_order(void **state)
{
	struct seen seen = { .count = 0 };
	struct side_work *side = side_work_new(PIECE_SIZE, work, &seen);
	uint64_t sum = 0;

	(void)state;
	assert_non_null(side);
	for (unsigned i = 0; i < PIECES; i++) {
		submit(side, i);
		sum += 1 + i % PIECE_SIZE;
	}
	assert_int_equal(side_work_drain(side), 0);
	assert_int_equal(seen.count, PIECES);
	assert_int_equal(seen.sum, sum);
	assert_false(pthread_equal(seen.thread, pthread_self()));
	/* Drained, it can go on. */
	submit(side, PIECES);
	assert_int_equal(side_work_free(side), 0);
	assert_int_equal(seen.count, PIECES + 1);
}

static void first_failure(void **state)
{
	struct seen seen = { .fail_at = 3 };
	struct side_work *side = side_work_new(PIECE_SIZE, work, &seen);

	(void)state;
	for (unsigned i = 0; i < 6; i++)
		submit(side, i);
	assert_int_equal(side_work_drain(side), ERR_CRYPTO);
	assert_int_equal(seen.count, 6);
	assert_int_equal(side_work_free(side), ERR_CRYPTO);
}

static void nothing_to_do(void **state)
{
	struct seen seen = { .count = 0 };
	struct side_work *side = side_work_new(PIECE_SIZE, work, &seen);

	(void)state;
	assert_int_equal(side_work_drain(side), 0);
	assert_int_equal(side_work_free(side), 0);
	assert_int_equal(seen.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order),
		cmocka_unit_test(first_failure),
		cmocka_unit_test(nothing_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
