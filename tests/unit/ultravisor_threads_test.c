/* SPDX-License-Identifier: MIT */
/*
 * Calls from eight threads at once. What it can find by itself is wrong
 * counts; built with -Db_sanitize=thread, as tests/run.sh does too, it finds
 * data races.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "ultravisor/calls.h"
#include "ultravisor/uvcb.h"
#include "ultravisor_fixture.h"

#define THREADS 8
#define ROUNDS 300
#define STORAGE ((size_t)4 * 1024 * 1024)
#define PAGES_EACH 16

struct worker {
	struct uv *uv;
	const struct world_image *image;
	uint64_t handle;
	unsigned number;
	unsigned failures;
};

/* Cmocka's assertions belong to the main thread: count instead. */
static void expect(struct worker *w, bool ok)
{
	if (!ok)
		w->failures++;
}

static unsigned share(struct worker *w, uint16_t code, uint64_t address)
{
	struct uvcb_share block = {
		.header = { .size = be16(sizeof(block)), .code = be16(code) },
		.address = be64(address),
	};
	size_t stored;

	return uv_guest_call(w->uv, w->handle, (uint8_t *)&block, sizeof(block),
			     NULL, &stored);
}

static void count_runs(void *context, uint64_t address, uint64_t size)
{
	(void)address;
	(void)size;
	++*(unsigned *)context;
}

/* Each thread has pages of its own, all next to each other in one table. */
static void *share_and_transfer(void *context)
{
	struct worker *w = context;
	uint8_t page[UV_PAGE_SIZE];

	for (unsigned i = 0; i < ROUNDS; i++) {
		uint64_t address = 0x300000 + (uint64_t)(w->number + i % PAGES_EACH *
							 THREADS) * UV_PAGE_SIZE;
		struct uv_status status;
		unsigned runs = 0;

		expect(w, share(w, UVC_SHARE, address) == 0);
		expect(w, uv_page_is_shared(w->uv, w->handle, address));
		expect(w, uv_configuration_status(w->uv, w->handle, &status));
		uv_for_each_shared(w->uv, w->handle, count_runs, &runs);
		expect(w, runs > 0);
		expect(w, share(w, UVC_UNSHARE, address) == 0);
		expect(w, uv_ok(uv_page_export(w->uv, w->handle, address, page)));
		expect(w, uv_ok(uv_page_import(w->uv, w->handle, address, page)));
	}
	return NULL;
}

static struct uv_result boot(struct worker *w, uint64_t handle)
{
	struct uv_result result = uv_set_parameters(w->uv, handle, w->image->header,
						    w->image->header_size);

	for (size_t i = 0; uv_ok(result) && i < w->image->component_count; i++) {
		const struct world_component *c = &w->image->components[i];

		result = uv_unpack_component(w->uv, handle, c->address, c->size, c->prefix);
	}
	return uv_ok(result) ? uv_verify(w->uv, handle) : result;
}

/* Guests, each with storage of its own, come and go next to each other. */
static void *live_and_die(void *context)
{
	struct worker *w = context;
	struct uv_world own = { .storage = malloc(STORAGE), .storage_size = STORAGE };

	expect(w, own.storage != NULL);
	for (unsigned i = 0; i < ROUNDS / 10 && own.storage; i++) {
		uint64_t handle, mask, address;

		world_load(&own, w->image);
		expect(w, uv_ok(uv_configuration_create(w->uv, STORAGE, &own, &handle)));
		expect(w, uv_ok(boot(w, handle)));
		expect(w, world_is_plain(&own, w->image));
		expect(w, uv_initial_psw(w->uv, handle, &mask, &address));
		expect(w, uv_ok(uv_configuration_destroy(w->uv, handle)));
	}
	free(own.storage);
	return NULL;
}

/* All threads use one configuration until somebody destroys it. */
static void *use_until_destroyed(void *context)
{
	struct worker *w = context;

	while (share(w, UVC_SHARE, (uint64_t)w->number * UV_PAGE_SIZE) == 0)
		;
	expect(w, !uv_page_is_shared(w->uv, w->handle, 0));
	return NULL;
}

static void run_all(struct fixture *f, void *(*work)(void *), bool destroy)
{
	struct worker workers[THREADS];
	pthread_t threads[THREADS];

	for (unsigned i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ .uv = f->world.uv,
					      .image = &f->image,
					      .number = i,
					      .handle = f->world.handle };
		assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
	}
	if (destroy)
		assert_executed(uv_configuration_destroy(f->world.uv, f->world.handle));
	for (unsigned i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(workers[i].failures, 0);
	}
}

static pthread_mutex_t line_lock = PTHREAD_MUTEX_INITIALIZER;

static void count_line(void *context, const char *line)
{
	pthread_mutex_lock(&line_lock);
	*(size_t *)context += strlen(line);
	pthread_mutex_unlock(&line_lock);
}

static bool read_storage(void *guest, uint64_t address, void *data, size_t size)
{
	const struct uv_world *world = guest;

	memcpy(data, world->storage + address, size);
	return true;
}

static bool write_storage(void *guest, uint64_t address, const void *data, size_t size)
{
	struct uv_world *world = guest;

	memcpy(world->storage + address, data, size);
	return true;
}

static size_t traced;

/* The fixture's world with callbacks that bear several threads. */
static int setup(void **state)
{
	struct fixture *f = test_malloc(sizeof(*f));
	struct uv_callbacks callbacks = { .read = read_storage, .write = write_storage,
					  .trace = count_line, .context = &traced };
	struct uv_machine machine;
	struct error err;

	world_start(&f->world, WITH_HOST_KEY, STORAGE);
	world_image_make(&f->world, &f->image);
	world_image_add(&f->image, 0x100000, 0x108000, UINT64_C(0x0050000000000000));
	world_seal(&f->image);
	uv_free(f->world.uv);
	machine = (struct uv_machine){ .generation = &f->world.generation,
				       .host_key = f->world.host_key };
	assert_ok(uv_new(&f->world.uv, &machine, &callbacks, &err), &err);
	assert_executed(uv_configuration_create(f->world.uv, STORAGE, &f->world,
						&f->world.handle));
	assert_executed(world_boot(&f->world, &f->image));
	*state = f;
	return 0;
}

static void eight_threads_on_one_configuration(void **state)
{
	struct fixture *f = *state;
	struct uv_status status;

	run_all(f, share_and_transfer, false);
	assert_true(uv_configuration_status(f->world.uv, f->world.handle, &status));
	assert_true(status.pages_shared == 0 && status.pages_exported == 0);
	assert_true(world_is_plain(&f->world, &f->image));
	assert_true(traced > 0);
}

static void eight_configurations_at_once(void **state)
{
	run_all(*state, live_and_die, false);
}

static void destroyed_under_its_users(void **state)
{
	run_all(*state, use_until_destroyed, true);
}

#define in_threads(test) cmocka_unit_test_setup_teardown(test, setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_threads(eight_threads_on_one_configuration),
		in_threads(eight_configurations_at_once),
		in_threads(destroyed_under_its_users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
