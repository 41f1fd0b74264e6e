/* SPDX-License-Identifier: MIT */
/* Where a dump is written to: holes, pipes, and giving up. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plugin/dump_file.h"
#include "unit.h"

#define BLOCK DUMP_FILE_BLOCK

static int new_file(void)
{
	FILE *file = tmpfile();
	int fd;

	assert_non_null(file);
	fd = dup(fileno(file));
	fclose(file);
	assert_true(fd >= 0);
	return fd;
}

static uint64_t allocated(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return (uint64_t)st.st_blocks * 512;
}

static void assert_holds(int fd, const uint8_t *expected, size_t size)
{
	uint8_t *bytes = test_malloc(size + 1);

	assert_int_equal(pread(fd, bytes, size + 1, 0), (ssize_t)size);
	assert_memory_equal(bytes, expected, size);
	test_free(bytes);
}

/* Writes in pieces of odd sizes, as headers and notes are. */
static void write_in_pieces(struct dump_file *file, const uint8_t *bytes, size_t size)
{
	size_t piece = 432;

	for (size_t at = 0; at < size; at += piece, piece = piece * 3 + 1) {
		if (piece > size - at)
			piece = size - at;
		assert_int_equal(dump_file_write(file, bytes + at, piece, NULL), 0);
	}
	assert_int_equal(dump_file_finish(file, NULL), 0);
	assert_true(file->written == size);
}

static void zeros_become_holes(void **state)
{
	enum { SIZE = 64 * BLOCK + 17 };
	uint8_t *bytes = test_calloc(1, SIZE);

	(void)state;
	/* Ends in data, ends in a hole, is nothing but a hole. */
	for (unsigned shape = 0; shape < 3; shape++) {
		int fd = new_file();
		struct dump_file file = dump_file_to(fd, NULL);

		memset(bytes, 0, SIZE);
		if (shape < 2)
			memset(bytes + 20 * BLOCK + 5, 'x', BLOCK);
		if (shape < 1)
			bytes[SIZE - 1] = 1;
		assert_true(file.sparse);
		write_in_pieces(&file, bytes, SIZE);
		assert_holds(fd, bytes, SIZE);
		assert_true(allocated(fd) < 16 * BLOCK);
		close(fd);
	}
	test_free(bytes);
}

static void what_is_there_stays(void **state)
{
	static const uint8_t zeros[2 * BLOCK];
	uint8_t expected[1 + sizeof(zeros)] = "x";
	int fd = new_file();
	struct dump_file file;

	(void)state;
	/* Behind what is there already: no holes, for there might be data. */
	assert_int_equal(write(fd, "x", 1), 1);
	file = dump_file_to(fd, NULL);
	assert_false(file.sparse);
	write_in_pieces(&file, zeros, sizeof(zeros));
	assert_holds(fd, expected, sizeof(expected));
	close(fd);

	/* Appending ignores positions. */
	fd = new_file();
	assert_int_equal(fcntl(fd, F_SETFL, O_APPEND), 0);
	file = dump_file_to(fd, NULL);
	assert_false(file.sparse);
	write_in_pieces(&file, zeros, sizeof(zeros));
	assert_holds(fd, zeros, sizeof(zeros));
	close(fd);
}

struct reader {
	int fd;
	size_t got;
	bool intact;
};

static void *read_all(void *context)
{
	struct reader *reader = context;
	uint8_t byte;

	reader->intact = true;
	while (read(reader->fd, &byte, 1) == 1)
		reader->intact &= byte == (uint8_t)(reader->got++ / 100 % 5);
	return NULL;
}

static void pipes_get_everything(void **state)
{
	enum { SIZE = 50 * BLOCK };
	uint8_t *bytes = test_malloc(SIZE);
	struct reader reader;
	struct dump_file file;
	pthread_t thread;
	int ends[2];

	(void)state;
	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = (uint8_t)(i / 100 % 5);
	assert_int_equal(pipe(ends), 0);
	reader = (struct reader){ .fd = ends[0] };
	assert_int_equal(pthread_create(&thread, NULL, read_all, &reader), 0);
	file = dump_file_to(ends[1], NULL);
	write_in_pieces(&file, bytes, SIZE);
	close(ends[1]);
	pthread_join(thread, NULL);
	assert_true(reader.intact);
	assert_int_equal(reader.got, SIZE);
	close(ends[0]);
	test_free(bytes);
}

static void *cancel_soon(void *context)
{
	usleep(50000);
	atomic_store((_Atomic bool *)context, true);
	return NULL;
}

static void nobody_reads(void **state)
{
	static const uint8_t bytes[100 * BLOCK];
	_Atomic bool cancelled = false;
	struct error err = { 0 };
	struct dump_file file;
	pthread_t thread;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	file = dump_file_to(ends[1], &cancelled);
	assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &cancelled), 0);
	assert_int_equal(dump_file_write(&file, bytes, sizeof(bytes), &err), ERR_REFUSED);
	pthread_join(thread, NULL);
	assert_true(file.written < sizeof(bytes));
	/* Cancelled is cancelled, were there room or not. */
	assert_int_equal(dump_file_write(&file, bytes, 1, &err), ERR_REFUSED);
	close(ends[0]);

	signal(SIGPIPE, SIG_IGN);
	atomic_store(&cancelled, false);
	assert_int_equal(dump_file_write(&file, bytes, 1, &err), ERR_IO);
	assert_non_null(strstr(err.cause, "Broken pipe"));
	close(ends[1]);
}

static void full_disks_are_told(void **state)
{
	int fd = open("/dev/full", O_WRONLY);
	struct error err = { 0 };
	struct dump_file file = dump_file_to(fd, NULL);

	(void)state;
	assert_int_equal(dump_file_write(&file, "x", 1, &err), ERR_IO);
	assert_non_null(strstr(err.cause, "No space left"));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zeros_become_holes),
		cmocka_unit_test(what_is_there_stays),
		cmocka_unit_test(pipes_get_everything),
		cmocka_unit_test(nobody_reads),
		cmocka_unit_test(full_disks_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
