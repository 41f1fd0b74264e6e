/* SPDX-License-Identifier: MIT */
/* The dump calls: what they tell, whom they refuse, and in which order. */
#include <pthread.h>
#include <string.h>

#include "dump/confidential.h"
#include "ultravisor/configuration.h"
#include "ultravisor_fixture.h"

#define UV(f) (f)->world.uv, (f)->world.handle
#define PAGES (FIXTURE_STORAGE / UV_PAGE_SIZE)

/* Pages of which each is of another kind. The image has its components below 0x20000. */
#define SHARED_PAGE 0x30000
#define ZERO_PAGE 0x32000
#define EXPORTED_PAGE 0x34000

struct taken {
	uint8_t cpu[UV_DUMP_CPU_SIZE];
	uint8_t pages[FIXTURE_STORAGE];
	uint8_t state[UV_DUMP_STATE_SIZE];
	uint8_t completion[UV_DUMP_COMPLETION_SIZE];
};

static const struct cpu_state example_cpu = {
	.gprs = { 0, 1, 2, [15] = UINT64_C(0x123456789abcdef0) },
	.psw_mask = UINT64_C(0x0706e00180000000), .psw_address = 0x123456,
	.acrs = { [3] = 7 }, .crs = { [13] = 0x5000 }, .prefix = 0x7fe000, .fpc = 1,
	.tod_programmable = 9, .cpu_timer = 10, .clock_comparator = 11,
	.vectors = { [31] = "vector thirty-on" }, .guarded_storage = { 0, 12, 13, 14 },
	.has_vectors = true, .has_guarded_storage = true, .partial = true,
};

/* A running guest whose image allows dumps. */
static int setup(void **state)
{
	struct fixture *f;

	fixture_setup(state);
	f = *state;
	f->image.pcf |= PCF_ALLOW_DUMP;
	world_seal_header(&f->image);
	assert_executed(world_boot(&f->world, &f->image));
	return 0;
}

static void share(struct fixture *f, uint64_t address)
{
	struct configuration *c = configuration_lock(UV(f));

	assert_true(pages_set_shared(&c->pages, address, true));
	configuration_unlock(f->world.uv, c);
}

static bool is_dumping(struct fixture *f)
{
	struct uv_status status;

	assert_true(uv_configuration_status(UV(f), &status));
	return status.dumping;
}

static void take_all(struct fixture *f, struct taken *taken)
{
	assert_executed(uv_dump_initiate(UV(f)));
	assert_true(is_dumping(f));
	assert_executed(uv_dump_cpu(UV(f), &example_cpu, taken->cpu));
	assert_executed(uv_dump_pages(UV(f), 0, EXPORTED_PAGE, taken->pages));
	assert_executed(uv_dump_storage_state(UV(f), 0, taken->state));
	assert_executed(uv_dump_complete(UV(f), taken->completion));
	assert_false(is_dumping(f));
}

static const struct dump_page_state *state_of(const struct taken *taken, uint64_t address)
{
	return (const struct dump_page_state *)taken->state + address / UV_PAGE_SIZE;
}

/* Compares one page with @plain as its reader would see it. */
static void assert_page(const struct taken *taken, const struct dump_page_keys *keys,
			const uint8_t *cipher, uint64_t address, const uint8_t *plain)
{
	const struct dump_page_state *state = state_of(taken, address);
	uint8_t tweak[XTS_TWEAK_SIZE], page[UV_PAGE_SIZE];
	struct xts *xts;

	assert_int_equal(dump_page_kind(state), DUMP_PAGE_IS_ENCRYPTED);
	assert_memory_not_equal(cipher, plain, UV_PAGE_SIZE);
	dump_page_tweak(tweak, state, keys->tweak_nonce);
	assert_int_equal(xts_new(&xts, keys->xts_key, XTS_DECRYPT, NULL), 0);
	assert_int_equal(xts_page(xts, tweak, cipher, page, NULL), 0);
	assert_memory_equal(page, plain, UV_PAGE_SIZE);
	xts_free(xts);
}

static void the_owner_reads_all(void **state)
{
	struct fixture *f = *state;
	struct taken *taken = test_malloc(sizeof(*taken));
	uint8_t exported[UV_PAGE_SIZE], plain[UV_PAGE_SIZE];
	struct secret *key, *secret_keys;
	const struct dump_page_keys *keys;
	struct cpu_state cpu;

	memset(f->world.storage + SHARED_PAGE, 's', UV_PAGE_SIZE);
	share(f, SHARED_PAGE);
	world_fill(f->world.storage + EXPORTED_PAGE, UV_PAGE_SIZE, 3);
	memcpy(plain, f->world.storage + EXPORTED_PAGE, sizeof(plain));
	assert_executed(uv_page_export(UV(f), EXPORTED_PAGE, exported));
	take_all(f, taken);

	assert_int_equal(dump_completion_open(&key, &secret_keys, taken->completion,
					      sizeof(taken->completion), f->image.area.cck,
					      NULL), 0);
	keys = (const struct dump_page_keys *)secret_view(secret_keys);
	assert_int_equal(dump_cpu_open(&cpu, taken->cpu, sizeof(taken->cpu),
				       secret_view(key), NULL), 0);
	assert_memory_equal(&cpu, &example_cpu, sizeof(cpu));
	for (size_t i = 0; i < f->image.component_count; i++) {
		const struct world_component *component = &f->image.components[i];

		for (size_t at = 0; at < component->size; at += UV_PAGE_SIZE)
			assert_page(taken, keys, taken->pages + component->address + at,
				    component->address + at, component->plain + at);
	}
	assert_page(taken, keys, exported, EXPORTED_PAGE, plain);
	assert_int_equal(dump_page_kind(state_of(taken, SHARED_PAGE)), DUMP_PAGE_IS_SHARED);
	assert_memory_equal(taken->pages + SHARED_PAGE, f->world.storage + SHARED_PAGE,
			    UV_PAGE_SIZE);
	assert_int_equal(dump_page_kind(state_of(taken, ZERO_PAGE)), DUMP_PAGE_IS_ZERO);
	/* Storage ends before the MiB does. */
	assert_int_equal(dump_page_kind(state_of(taken, FIXTURE_STORAGE)), DUMP_PAGE_IS_ZERO);
	secret_free(key);
	secret_free(secret_keys);
	test_free(taken);
}

static void each_dump_has_keys_and_tweaks_of_its_own(void **state)
{
	struct fixture *f = *state;
	struct taken *first = test_malloc(sizeof(*first));
	struct taken *second = test_malloc(sizeof(*second));
	uint64_t at = f->image.components[0].address;
	uint8_t again[UV_DUMP_CPU_SIZE];

	take_all(f, first);
	take_all(f, second);
	assert_memory_not_equal(first->completion + 0x10, second->completion + 0x10, 64);
	assert_memory_not_equal(state_of(first, at), state_of(second, at), 16);
	assert_memory_not_equal(first->pages + at, second->pages + at, UV_PAGE_SIZE);
	assert_memory_not_equal(first->cpu + 32, second->cpu + 32, 1536);
	/* No two areas of a dump share an IV. */
	assert_executed(uv_dump_initiate(UV(f)));
	assert_executed(uv_dump_cpu(UV(f), &example_cpu, first->cpu));
	assert_executed(uv_dump_cpu(UV(f), &example_cpu, again));
	assert_executed(uv_dump_complete(UV(f), first->completion));
	assert_memory_not_equal(first->cpu + 8, again + 8, 12);
	assert_memory_not_equal(first->cpu + 8, first->completion + 80, 12);
	assert_memory_not_equal(again + 8, first->completion + 80, 12);
	test_free(first);
	test_free(second);
}

static void nothing_without_initiate(void **state)
{
	struct fixture *f = *state;
	static const uint8_t nothing[UV_PAGE_SIZE];
	uint8_t area[UV_PAGE_SIZE];

	memset(area, 1, sizeof(area));
	assert_result(uv_dump_cpu(UV(f), &example_cpu, area), 0x0003, 0);
	assert_memory_equal(area, nothing, sizeof(area));
	assert_result(uv_dump_pages(UV(f), 0, UV_PAGE_SIZE, area), 0x0003, 0);
	assert_result(uv_dump_storage_state(UV(f), 0, area), 0x0003, 0);
	assert_result(uv_dump_complete(UV(f), area), 0x0003, 0);
	assert_memory_equal(area, nothing, sizeof(area));

	assert_executed(uv_dump_initiate(UV(f)));
	assert_result(uv_dump_initiate(UV(f)), 0x0003, 0);
	assert_executed(uv_dump_complete(UV(f), area));
	assert_result(uv_dump_complete(UV(f), area), 0x0003, 0);
}

static void only_a_guest_that_runs(void **state)
{
	struct fixture *f = *state;

	f->image.pcf |= PCF_ALLOW_DUMP;
	world_seal_header(&f->image);
	assert_result(uv_dump_initiate(UV(f)), 0x0003, 0);
	assert_executed(world_set_parameters(&f->world, &f->image));
	assert_result(uv_dump_initiate(UV(f)), 0x0003, 0);
	assert_result(uv_dump_initiate(f->world.uv, f->world.handle ^ 1), 0x0020, 0);
	assert_false(is_dumping(f));
}

static void not_against_the_image(void **state)
{
	struct fixture *f = *state;

	f->image.pcf &= ~PCF_ALLOW_DUMP;
	world_seal_header(&f->image);
	assert_executed(world_boot(&f->world, &f->image));
	assert_result(uv_dump_initiate(UV(f)), 0x0105, UV_RRC_DUMP_FORBIDDEN);
	assert_false(is_dumping(f));
}

static void not_when_a_secret_disabled_it(void **state)
{
	struct fixture *f = *state;
	struct configuration *c = configuration_lock(UV(f));

	c->dump_disabled = true;
	configuration_unlock(f->world.uv, c);
	assert_result(uv_dump_initiate(UV(f)), 0x0105, UV_RRC_DUMP_DISABLED);
	assert_false(is_dumping(f));
}

static void not_on_z15(void **state)
{
	struct fixture *f = *state;
	uint8_t area[UV_PAGE_SIZE];

	f->world.generation.dump = false;
	assert_result(uv_dump_initiate(UV(f)), 0x0002, 0);
	assert_result(uv_dump_cpu(UV(f), &example_cpu, area), 0x0002, 0);
	assert_result(uv_dump_storage_state(UV(f), 0, area), 0x0002, 0);
	assert_result(uv_dump_complete(UV(f), area), 0x0002, 0);
}

static void addresses_are_checked(void **state)
{
	struct fixture *f = *state;
	static const uint8_t nothing[2 * UV_PAGE_SIZE];
	uint8_t pages[2 * UV_PAGE_SIZE];

	assert_executed(uv_dump_initiate(UV(f)));
	assert_result(uv_dump_storage_state(UV(f), 0x1000, pages), 0x0101, 0);
	assert_result(uv_dump_storage_state(UV(f), UV_MIB, pages), 0x0101, 0);
	assert_result(uv_dump_storage_state(UV(f), UINT64_C(1) << 63, pages), 0x0101, 0);
	assert_result(uv_dump_pages(UV(f), 0x800, UV_PAGE_SIZE, pages), 0x0101, 0);
	assert_result(uv_dump_pages(UV(f), FIXTURE_STORAGE - UV_PAGE_SIZE,
				    sizeof(pages), pages), 0x010a, 0);
	assert_result(uv_dump_pages(UV(f), 0 - (uint64_t)UV_PAGE_SIZE, sizeof(pages), pages),
		      0x010a, 0);

	/* What cannot be read is not dumped, and neither is what lies before it. */
	f->world.unreadable = 0x1000;
	memset(pages, 1, sizeof(pages));
	assert_result(uv_dump_pages(UV(f), 0, sizeof(pages), pages), 0x010a, 0);
	assert_memory_equal(pages, nothing, sizeof(pages));
	assert_result(uv_dump_storage_state(UV(f), 0, pages), 0x010a, 0);
	assert_executed(uv_dump_complete(UV(f), pages));
}

static void exported_pages_are_with_the_hypervisor(void **state)
{
	struct fixture *f = *state;
	uint8_t page[UV_PAGE_SIZE], exported[UV_PAGE_SIZE];

	assert_executed(uv_page_export(UV(f), EXPORTED_PAGE, exported));
	assert_executed(uv_dump_initiate(UV(f)));
	assert_result(uv_dump_pages(UV(f), EXPORTED_PAGE, sizeof(page), page), 0x0102, 0);
	/* Nothing changes hands until the dump is over. */
	assert_result(uv_page_import(UV(f), EXPORTED_PAGE, exported), 0x0003, 0);
	assert_result(uv_page_export(UV(f), 0, page), 0x0003, 0);
	assert_executed(uv_dump_complete(UV(f), page));
	assert_executed(uv_page_import(UV(f), EXPORTED_PAGE, exported));
}

static void a_failed_initiate_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct configuration *c;
	uint8_t area[UV_PAGE_SIZE];

	f->world.no_random = true;
	assert_result(uv_dump_initiate(UV(f)), UV_RC_INTERNAL, UV_RRC_RANDOM);
	assert_false(is_dumping(f));
	f->world.no_random = false;
	/* As many exports as there can be. */
	c = configuration_lock(UV(f));
	c->exports = UINT64_C(0xfffffffeffffffff) - (PAGES - 1);
	configuration_unlock(f->world.uv, c);
	assert_result(uv_dump_initiate(UV(f)), UV_RC_INTERNAL, UV_RRC_CRYPTO);
	assert_false(is_dumping(f));
	c = configuration_lock(UV(f));
	c->exports--;
	configuration_unlock(f->world.uv, c);
	assert_executed(uv_dump_initiate(UV(f)));
	assert_executed(uv_dump_complete(UV(f), area));
}

static void a_dump_ends_with_its_configuration(void **state)
{
	struct fixture *f = *state;

	assert_executed(uv_dump_initiate(UV(f)));
	assert_executed(uv_configuration_destroy(UV(f)));
	assert_result(uv_dump_complete(UV(f), (uint8_t[UV_PAGE_SIZE]){ 0 }), 0x0020, 0);
	assert_executed(uv_configuration_create(f->world.uv, FIXTURE_STORAGE, &f->world,
						&f->world.handle));
}

/* --- Threads ------------------------------------------------------------------- */

#define THREADS 4
#define ROUNDS 50

struct dumper {
	struct fixture *f;
	unsigned taken, strange;
};

static void *dump_again_and_again(void *context)
{
	struct dumper *dumper = context;
	struct uv *uv = dumper->f->world.uv;
	uint64_t handle = dumper->f->world.handle;
	uint8_t area[UV_PAGE_SIZE];

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct uv_result result = uv_dump_initiate(uv, handle);

		uv_dump_cpu(uv, handle, &example_cpu, area);
		uv_dump_pages(uv, handle, 0, sizeof(area), area);
		uv_dump_storage_state(uv, handle, 0, area);
		if (!uv_ok(result)) {
			dumper->strange += result.rc != UV_RC_INVALID_STATE;
			continue;
		}
		dumper->taken += uv_ok(uv_dump_complete(uv, handle, area));
	}
	return NULL;
}

static void one_dump_at_a_time(void **state)
{
	struct dumper dumpers[THREADS];
	pthread_t threads[THREADS];
	struct fixture *f = *state;
	unsigned taken = 0;

	/* The world's trace and clock are not made for several threads. */
	f->world.uv->callbacks.trace = NULL;
	f->world.uv->callbacks.clock = NULL;
	for (unsigned i = 0; i < THREADS; i++) {
		dumpers[i] = (struct dumper){ .f = f };
		assert_int_equal(pthread_create(&threads[i], NULL, dump_again_and_again,
						&dumpers[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(dumpers[i].strange, 0);
		taken += dumpers[i].taken;
	}
	assert_true(taken >= ROUNDS);
	assert_false(is_dumping(*state));
}

#define while_dumpable(test) \
	cmocka_unit_test_setup_teardown(test, setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		while_dumpable(the_owner_reads_all),
		while_dumpable(each_dump_has_keys_and_tweaks_of_its_own),
		while_dumpable(nothing_without_initiate),
		with_fixture(only_a_guest_that_runs),
		with_fixture(not_against_the_image),
		while_dumpable(not_when_a_secret_disabled_it),
		while_dumpable(not_on_z15),
		while_dumpable(addresses_are_checked),
		while_dumpable(exported_pages_are_with_the_hypervisor),
		while_dumpable(a_failed_initiate_leaves_nothing),
		while_dumpable(a_dump_ends_with_its_configuration),
		while_dumpable(one_dump_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
