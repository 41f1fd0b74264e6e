/* SPDX-License-Identifier: MIT */
/*
 * Calls from eight threads at once. What it can find by itself is wrong
 * counts; built with -Db_sanitize=thread, as tests/run.sh does too, it finds
 * data races.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "attestation/measurement.h"
#include "secret/secret_list.h"
#include "ultravisor/calls.h"
#include "ultravisor/uvcb.h"
#include "ultravisor_fixture.h"
#include "uv_requests.h"

#define THREADS 8
#define ROUNDS 300
#define STORAGE ((size_t)4 * 1024 * 1024)
#define PAGES_EACH 16

struct worker {
	struct uv *uv;
	struct uv_world *world;
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

/* --- The secret store -------------------------------------------------------- */

#define SECRETS_EACH 20

/* Issues a call with @block from a vCPU that sees storage untranslated. */
static uint16_t issue(struct worker *w, void *block, size_t size)
{
	struct uvcb_header *header = block;
	struct uv_access access = { read_storage, write_storage, w->world };
	size_t stored;

	header->size = be16((uint16_t)size);
	uv_guest_call(w->uv, w->handle, block, size, &access, &stored);
	return be16_get(header->rc);
}

static uint16_t add_secret(struct worker *w, uint64_t at, uint64_t seed)
{
	struct uvcb_add_secret block = { .header.code = be16(UVC_ADD_SECRET),
					 .asrcb = be64(at) };
	struct world_asrcb request;
	uint8_t *bytes;
	size_t size;

	world_asrcb_prepare(w->world, w->image, &request);
	world_asrcb_secret(&request, SECRET_AES_256, 32, seed);
	bytes = world_asrcb_build(&request, &size);
	memcpy(w->world->storage + at, bytes, size);
	free(bytes);
	world_asrcb_free(&request);
	return issue(w, &block, sizeof(block));
}

/* The list has at least what this thread added, in ascending order. */
static bool list_is_sound(struct worker *w, uint64_t at, size_t added)
{
	struct uvcb_list_secrets block = { .header.code = be16(UVC_LIST_SECRETS),
					   .page = be64(at) };
	struct secret_list list;
	uint16_t rc = issue(w, &block, sizeof(block));

	if (secret_list_parse(&list, w->world->storage + at, SECRET_LIST_PAGE_SIZE, NULL) < 0)
		return false;
	for (size_t i = 0; i < list.count; i++)
		if (be16_get(list.entries[i].index) != i)
			return false;
	return be16_get(list.header->total) >= added &&
	       (rc == UV_RC_MORE_DATA) == (list.count < be16_get(list.header->total));
}

static bool attests(struct worker *w, uint64_t at)
{
	struct uvcb_attest block = {
		.header.code = be16(UVC_ATTEST),
		.arcb = be64(at),
		.measurement_size = be32(MEASUREMENT_SIZE),
		.measurement = be64(at + 0x1000),
		.additional_size = be32(ATTEST_STORE_HASH_SIZE),
		.additional = be64(at + 0x1100),
	};
	struct world_arcb arcb;

	world_arcb_make(w->world, &arcb, ATTEST_NONCE | ATTEST_STORE_HASH);
	memcpy(w->world->storage + at, arcb.bytes, arcb.size);
	world_arcb_free(&arcb);
	return issue(w, &block, sizeof(block)) == UV_RC_EXECUTED;
}

static void *add_list_attest(void *context)
{
	struct worker *w = context;
	uint64_t at = 0x300000 + (uint64_t)w->number * 0x8000;

	for (unsigned i = 0; i < SECRETS_EACH; i++) {
		struct uvcb_retrieve_secret block = {
			.header.code = be16(UVC_RETRIEVE_SECRET),
			.index = be16((uint16_t)i),
			.size = be32(64),
			.buffer = be64(at + 0x6000),
		};

		expect(w, add_secret(w, at, (uint64_t)w->number * 100 + i) == UV_RC_EXECUTED);
		expect(w, list_is_sound(w, at + 0x4000, i + 1));
		expect(w, attests(w, at));
		expect(w, issue(w, &block, sizeof(block)) == UV_RC_EXECUTED);
	}
	return NULL;
}

/* Adds until somebody locks the store; from then on nothing comes in. */
static void *add_until_locked(void *context)
{
	struct worker *w = context;
	uint64_t at = 0x300000 + (uint64_t)w->number * 0x8000;
	struct uvcb_header lock[8] = { { .code = be16(UVC_LOCK_SECRETS) } };
	uint16_t rc = UV_RC_EXECUTED;

	while (rc == UV_RC_EXECUTED) {
		rc = add_secret(w, at, w->number);
		if (w->number == 0 && rc == UV_RC_EXECUTED)
			expect(w, issue(w, lock, sizeof(lock)) == UV_RC_EXECUTED);
	}
	expect(w, rc == UV_RC_STORE_LOCKED);
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
					      .world = &f->world,
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

static void eight_threads_on_one_secret_store(void **state)
{
	struct fixture *f = *state;
	struct uv_status status;

	f->world.generation.max_retrievable_secrets = THREADS * SECRETS_EACH;
	run_all(f, add_list_attest, false);
	assert_true(uv_configuration_status(f->world.uv, f->world.handle, &status));
	assert_int_equal(status.secrets_retrievable, THREADS * SECRETS_EACH);
	assert_int_equal(status.secret_requests, THREADS * SECRETS_EACH);
}

static void locked_under_its_users(void **state)
{
	struct fixture *f = *state;
	struct uv_status status;

	f->world.generation.max_retrievable_secrets = UINT16_MAX;
	run_all(f, add_until_locked, false);
	assert_true(uv_configuration_status(f->world.uv, f->world.handle, &status));
	assert_true(status.secrets_locked && status.secrets_retrievable > 0);
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
		in_threads(eight_threads_on_one_secret_store),
		in_threads(locked_under_its_users),
		in_threads(destroyed_under_its_users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
