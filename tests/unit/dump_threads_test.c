/* SPDX-License-Identifier: MIT */
/* Dumps copied by several threads, and read by several at once. */
#include "dump_fixture.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "dump/copy.h"

#define MIB ((uint64_t)1 << 20)
#define SIZE_MIB 12
#define READERS 4
#define READS 2500 /* by each */

struct setting {
	struct made_dump made;
	struct dump *dump;
	struct dump_reader *reader;
	struct dump_view view;
	struct target *target;
	uint8_t *expected; /* the target, read at once */
};

static int set_up(void **state)
{
	const struct dump_maker maker = { .mebibytes = SIZE_MIB, .cpus = 2 };
	struct setting *s = calloc(1, sizeof(*s));
	struct target_input input = { .view = &s->view };
	struct error err = { 0 };

	make_protected(&s->made, maker);
	open_made(&s->dump, &s->reader, &s->made);
	assert_ok(dump_view_make(&s->view, s->dump, s->reader, DUMP_SYSTEM_ALL, &err), &err);
	input.cpus = dump_cpus(s->dump, &input.cpu_count);
	assert_ok(target_new(&s->target, DUMP_FORMAT_ELF, &input, s->reader, &err), &err);
	s->expected = malloc(target_size(s->target));
	assert_ok(target_read(s->target, s->reader, 0, s->expected, target_size(s->target),
			      &err), &err);
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct setting *s = *state;

	free(s->expected);
	target_free(s->target);
	dump_view_free(&s->view);
	dump_reader_free(s->reader);
	dump_close(s->dump);
	unmake(&s->made);
	free(s);
	return 0;
}

struct watch {
	uint64_t last;
	int calls;
	bool went_wrong;
};

static void watch_progress(void *context, uint64_t done, uint64_t total)
{
	struct watch *watch = context;

	/* Other threads call: judged by the test's own. */
	watch->went_wrong |= done < watch->last || done > total;
	watch->last = done;
	watch->calls++;
}

static void assert_content(int fd, uint64_t base, const struct setting *s)
{
	uint64_t size = target_size(s->target);
	uint8_t *bytes = malloc(size);

	assert_int_equal(lseek(fd, 0, SEEK_END), base + size);
	assert_int_equal(pread(fd, bytes, size, (off_t)base), size);
	assert_memory_equal(bytes, s->expected, size);
	free(bytes);
}

static void copy_into_a_file(void **state)
{
	struct setting *s = *state;
	struct watch watch = { 0 };
	const struct progress progress = { watch_progress, &watch };
	struct dump_copy copy = {
		.dump = s->dump, .target = s->target, .path = "memory",
		.sparse = true, .progress = &progress,
	};
	struct error err = { 0 };
	struct stat st;

	for (uint64_t base = 0; base < 10000; base += 4097) {
		watch = (struct watch){ 0 };
		copy.fd = memfd_create("copy", MFD_CLOEXEC);
		copy.base = base;
		assert_ok(dump_copy(&copy, &err), &err);
		assert_content(copy.fd, base, s);
		assert_int_equal(watch.last, target_size(s->target));
		assert_true(watch.calls >= 2);
		assert_false(watch.went_wrong);
		assert_int_equal(fstat(copy.fd, &st), 0);
		/* More than a quarter of all pages is zero. */
		if (base == 0)
			assert_true((uint64_t)st.st_blocks * 512 <
				    target_size(s->target) * 3 / 4);
		close(copy.fd);
	}
}

/* To where holes cannot be, and in order. */
static void copy_in_order(void **state)
{
	struct setting *s = *state;
	struct dump_copy copy = { .dump = s->dump, .target = s->target, .path = "memory" };
	struct error err = { 0 };

	copy.fd = memfd_create("copy", MFD_CLOEXEC);
	assert_ok(dump_copy(&copy, &err), &err);
	assert_content(copy.fd, 0, s);
	close(copy.fd);
}

static void copy_to_nowhere(void **state)
{
	struct setting *s = *state;
	struct dump_copy copy = { .dump = s->dump, .target = s->target, .fd = -1 };
	struct error err = { 0 };

	assert_ok(dump_copy(&copy, &err), &err);
}

static void no_room(void **state)
{
	struct setting *s = *state;
	struct dump_copy copy = { .dump = s->dump, .target = s->target, .path = "full" };

	copy.fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_int_equal(dump_copy(&copy, NULL), ERR_IO);
	close(copy.fd);
}

/* Of two damaged pages, the first one is told, whichever thread finds it. */
static void the_first_damage_is_told(void **state)
{
	static const uint8_t invalid[16] = { 0xff, 0xff, 0xff, 0xff };
	struct setting *s = *state;
	struct dump_copy copy = { .dump = s->dump, .target = s->target, .fd = -1 };
	struct host_vmcore_layout layout;
	struct host_vmcore_shape shape;
	uint8_t kept[2][16];
	off_t places[2];

	maker_shape(&s->made.maker, &shape, &layout);
	places[0] = (off_t)(layout.state + 16 * 0x7ff);
	places[1] = (off_t)(layout.state + 16 * 0x801);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pread(s->made.fd, kept[i], 16, places[i]), 16);
		assert_int_equal(pwrite(s->made.fd, invalid, 16, places[i]), 16);
	}
	for (int round = 0; round < 20; round++) {
		struct error err = { 0 };

		assert_int_equal(dump_copy(&copy, &err), ERR_FORMAT);
		assert_non_null(strstr(err.message, "0x7ff000"));
	}
	for (int i = 0; i < 2; i++)
		assert_int_equal(pwrite(s->made.fd, kept[i], 16, places[i]), 16);
}

struct random_reader {
	const struct setting *setting;
	unsigned seed;
	int failures;
};

static void *read_at_random(void *context)
{
	struct random_reader *r = context;
	uint64_t size = target_size(r->setting->target);
	struct dump_reader *reader;
	uint8_t data[4096];

	if (dump_reader_new(&reader, r->setting->dump, NULL) < 0) {
		r->failures = READS;
		return NULL;
	}
	for (int i = 0; i < READS; i++) {
		uint64_t offset = ((uint64_t)rand_r(&r->seed) * 4099) % (size - sizeof(data));
		size_t count = 1 + (size_t)rand_r(&r->seed) % sizeof(data);

		if (target_read(r->setting->target, reader, offset, data, count, NULL) < 0 ||
		    memcmp(data, r->setting->expected + offset, count) != 0)
			r->failures++;
	}
	dump_reader_free(reader);
	return NULL;
}

static void four_read_at_random(void **state)
{
	struct random_reader readers[READERS];
	pthread_t threads[READERS];

	for (unsigned i = 0; i < READERS; i++) {
		readers[i] = (struct random_reader){ *state, i + 1, 0 };
		assert_int_equal(pthread_create(&threads[i], NULL, read_at_random, &readers[i]),
				 0);
	}
	for (size_t i = 0; i < READERS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(readers[i].failures, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copy_into_a_file),
		cmocka_unit_test(copy_in_order),
		cmocka_unit_test(copy_to_nowhere),
		cmocka_unit_test(no_room),
		cmocka_unit_test(the_first_damage_is_told),
		cmocka_unit_test(four_read_at_random),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
