/* SPDX-License-Identifier: MIT */
/* The table of page states, and import and export of pages. */
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#include "ultravisor/transfer.h"
#include "ultravisor_fixture.h"

#define UV(f) (f)->world.uv, (f)->world.handle
#define GIB (UINT64_C(1) << 30)

/* --- The table ------------------------------------------------------------- */

static void table_knows_shared_runs(void **state)
{
	struct page_table pages;
	uint64_t address, size;

	(void)state;
	assert_true(pages_init(&pages, 3 * GIB + 0x5000));
	assert_false(pages_next_shared(&pages, 0, &address, &size));

	/* A run across the boundary of a GiB, the very first and the very last page. */
	assert_true(pages_set_shared(&pages, 0, true));
	for (uint64_t at = GIB - 0x2000; at < GIB + 0x3000; at += 0x1000)
		assert_true(pages_set_shared(&pages, at, true));
	assert_true(pages_set_shared(&pages, 3 * GIB + 0x4000, true));
	assert_true(pages.shared == 7);

	assert_true(pages_next_shared(&pages, 0, &address, &size));
	assert_true(address == 0 && size == 0x1000);
	assert_true(pages_next_shared(&pages, 0x1000, &address, &size));
	assert_true(address == GIB - 0x2000 && size == 0x5000);
	assert_true(pages_next_shared(&pages, GIB, &address, &size));
	assert_true(address == GIB && size == 0x3000);
	assert_true(pages_next_shared(&pages, address + size, &address, &size));
	assert_true(address == 3 * GIB + 0x4000 && size == 0x1000);
	assert_false(pages_next_shared(&pages, address + size, &address, &size));

	pages_unshare_all(&pages);
	assert_true(pages.shared == 0);
	assert_false(pages_next_shared(&pages, 0, &address, &size));
	pages_free(&pages);
}

static void table_agrees_with_a_simple_one(void **state)
{
	enum { PAGES = 4096 };
	static bool shared[PAGES];
	struct page_table pages;
	uint64_t seed = 7, count = 0, address, size, from = 0;

	(void)state;
	assert_true(pages_init(&pages, (uint64_t)PAGES * 0x1000));
	for (unsigned i = 0; i < 20000; i++) {
		uint64_t page = world_random(&seed) % PAGES;
		bool on = world_random(&seed) & 1;

		count = count + on - shared[page];
		shared[page] = on;
		assert_true(pages_set_shared(&pages, page * 0x1000, on));
	}
	assert_true(pages.shared == count);
	for (unsigned page = 0; page < PAGES; page++)
		assert_int_equal(pages_is_shared(&pages, page * 0x1000), shared[page]);
	while (pages_next_shared(&pages, from, &address, &size)) {
		for (uint64_t at = from; at < address; at += 0x1000)
			assert_false(shared[at / 0x1000]);
		for (uint64_t at = address; at < address + size; at += 0x1000)
			assert_true(shared[at / 0x1000]);
		count -= size / 0x1000;
		from = address + size;
	}
	assert_true(count == 0);
	pages_free(&pages);
}

static void table_is_sparse(void **state)
{
	struct export_record record = { .number = 5, .mac = { 1, 2, 3 } };
	struct page_table pages;
	uint64_t far = UINT64_C(0x7fffffff000);

	(void)state;
	assert_true(pages_init(&pages, UINT64_C(0x80000000000)));
	assert_null(pages_exported(&pages, far));
	assert_true(pages_set_exported(&pages, far, &record));
	assert_memory_equal(pages_exported(&pages, far), &record, sizeof(record));
	assert_null(pages_exported(&pages, far - 0x1000));
	assert_true(pages.exported == 1);
	pages_set_imported(&pages, far);
	assert_null(pages_exported(&pages, far));
	assert_true(pages.exported == 0);
	pages_free(&pages);
}

/* --- Export and import ----------------------------------------------------- */

static void exported_page_comes_back(void **state)
{
	static const uint8_t zeros[UV_PAGE_SIZE];
	struct fixture *f = *state;
	struct world_component *c = &f->image.components[0];
	uint8_t page[UV_PAGE_SIZE];
	struct uv_status status;

	assert_executed(uv_page_export(UV(f), c->address, page));
	assert_memory_not_equal(page, c->plain, UV_PAGE_SIZE);
	assert_memory_equal(f->world.storage + c->address, zeros, UV_PAGE_SIZE);
	assert_true(uv_configuration_status(UV(f), &status));
	assert_true(status.pages_exported == 1);
	assert_executed(uv_page_import(UV(f), c->address, page));
	assert_true(world_is_plain(&f->world, &f->image));
	assert_true(uv_configuration_status(UV(f), &status));
	assert_true(status.pages_exported == 0);
}

/*
 * What a reader of a dump relies on: tweak = component OR nonce, in different
 * bytes, under the configuration's key. And what the MAC covers.
 */
static void form_of_an_exported_page(void **state)
{
	static const uint8_t zeros[8];
	struct fixture *f = *state;
	struct world_component *world_part = &f->image.components[0];
	struct {
		be64_t address, number;
		uint8_t content[UV_PAGE_SIZE];
	} covered = { .address = be64(world_part->address) };
	uint8_t page[UV_PAGE_SIZE], tweak[XTS_TWEAK_SIZE], mac[SHA256_SIZE];
	const struct configuration_keys *keys;
	const struct export_record *record;
	struct configuration *c;
	struct error err;
	struct xts *xts;

	assert_executed(uv_page_export(UV(f), world_part->address, page));
	c = configuration_lock(UV(f));
	assert_non_null(c);
	keys = configuration_keys(c);
	record = pages_exported(&c->pages, world_part->address);
	assert_non_null(record);
	assert_memory_equal(keys->tweak_nonce, zeros, 8);
	assert_memory_not_equal(keys->tweak_nonce + 8, zeros, 8);
	export_tweak_component(tweak, record);
	assert_memory_equal(tweak + 8, zeros, 8);
	covered.number = be64(record->number);
	assert_memory_equal(tweak, &covered.number, 8);

	memcpy(covered.content, page, UV_PAGE_SIZE);
	assert_non_null(HMAC(EVP_sha256(), keys->page_mac_key, PAGE_MAC_KEY_SIZE,
			     (const uint8_t *)&covered, sizeof(covered), mac, NULL));
	assert_memory_equal(record->mac, mac, PAGE_MAC_SIZE);

	memcpy(tweak + 8, keys->tweak_nonce + 8, 8);
	assert_ok(xts_new(&xts, keys->export_key, XTS_DECRYPT, &err), &err);
	assert_ok(xts_page(xts, tweak, page, page, &err), &err);
	xts_free(xts);
	assert_memory_equal(page, world_part->plain, UV_PAGE_SIZE);
	configuration_unlock(f->world.uv, c);
}

static void each_export_is_different(void **state)
{
	struct fixture *f = *state;
	uint8_t first[UV_PAGE_SIZE], second[UV_PAGE_SIZE];

	assert_executed(uv_page_export(UV(f), 0x15000, first));
	assert_executed(uv_page_import(UV(f), 0x15000, first));
	assert_executed(uv_page_export(UV(f), 0x15000, second));
	assert_memory_not_equal(first, second, UV_PAGE_SIZE);

	/* An older export is not taken, although it is genuine. */
	assert_result(uv_page_import(UV(f), 0x15000, first), 0x0103, 0);
	assert_executed(uv_page_import(UV(f), 0x15000, second));
	assert_true(world_is_plain(&f->world, &f->image));
}

static void page_of_another_address(void **state)
{
	struct fixture *f = *state;
	uint8_t a[UV_PAGE_SIZE], b[UV_PAGE_SIZE];

	memset(f->world.storage + 0x16000, 0x55, UV_PAGE_SIZE);
	memset(f->world.storage + 0x17000, 0x55, UV_PAGE_SIZE);
	assert_executed(uv_page_export(UV(f), 0x16000, a));
	assert_executed(uv_page_export(UV(f), 0x17000, b));
	assert_result(uv_page_import(UV(f), 0x16000, b), 0x0103, 0);
	assert_result(uv_page_import(UV(f), 0x17000, a), 0x0103, 0);
	assert_executed(uv_page_import(UV(f), 0x16000, a));
	assert_executed(uv_page_import(UV(f), 0x17000, b));
}

static void page_of_another_configuration(void **state)
{
	struct fixture *f = *state;
	uint64_t first = f->world.handle;
	uint8_t page[UV_PAGE_SIZE], other[UV_PAGE_SIZE];

	assert_executed(uv_page_export(UV(f), 0x15000, page));
	assert_executed(uv_configuration_create(f->world.uv, FIXTURE_STORAGE, &f->world,
						&f->world.handle));
	assert_executed(world_boot(&f->world, &f->image));
	assert_executed(uv_page_export(UV(f), 0x15000, other));
	assert_result(uv_page_import(UV(f), 0x15000, page), 0x0103, 0);
	assert_result(uv_page_import(f->world.uv, first, 0x15000, other), 0x0103, 0);
}

static void every_bit_of_an_exported_page_counts(void **state)
{
	static const uint8_t zeros[UV_PAGE_SIZE];
	struct fixture *f = *state;
	uint8_t page[UV_PAGE_SIZE];

	assert_executed(uv_page_export(UV(f), 0x15000, page));
	for (unsigned bit = 0; bit < 8 * UV_PAGE_SIZE; bit += 7) {
		page[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_result(uv_page_import(UV(f), 0x15000, page), 0x0103, 0);
		page[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_memory_equal(f->world.storage + 0x15000, zeros, UV_PAGE_SIZE);
	assert_executed(uv_page_import(UV(f), 0x15000, page));
}

static void states_of_pages(void **state)
{
	struct fixture *f = *state;
	uint8_t page[UV_PAGE_SIZE] = { 0 };

	assert_result(uv_page_import(UV(f), 0x15000, page), 0x0102, 0);
	assert_true(world_is_plain(&f->world, &f->image));
	assert_executed(uv_page_export(UV(f), 0x15000, page));
	assert_result(uv_page_export(UV(f), 0x15000, page), 0x0102, 0);
	assert_executed(uv_page_import(UV(f), 0x15000, page));
	assert_result(uv_page_import(UV(f), 0x15000, page), 0x0102, 0);
}

static void transfer_operands(void **state)
{
	static const uint8_t zeros[UV_PAGE_SIZE];
	struct fixture *f = *state;
	uint8_t page[UV_PAGE_SIZE] = { 0 };

	assert_result(uv_page_export(f->world.uv, 1, 0x15000, page), 0x0020, 0);
	assert_result(uv_page_import(f->world.uv, 1, 0x15000, page), 0x0020, 0);
	assert_result(uv_page_export(UV(f), 0x15008, page), 0x0101, 0);
	assert_result(uv_page_import(UV(f), 0x15008, page), 0x0101, 0);
	assert_result(uv_page_export(UV(f), FIXTURE_STORAGE, page), 0x010a, 0);
	assert_result(uv_page_import(UV(f), FIXTURE_STORAGE, page), 0x010a, 0);
	f->world.unreadable = 0x15000;
	assert_result(uv_page_export(UV(f), 0x15000, page), 0x010a, 0);
	f->world.unreadable = NOWHERE;
	f->world.unwritable = 0x15000;
	assert_result(uv_page_export(UV(f), 0x15000, page), 0x010a, 0);
	assert_memory_equal(page, zeros, sizeof(page));
	f->world.unwritable = NOWHERE;
	assert_executed(uv_page_export(UV(f), 0x15000, page));
	f->world.unwritable = 0x15000;
	assert_result(uv_page_import(UV(f), 0x15000, page), 0x010a, 0);
	f->world.unwritable = NOWHERE;
	assert_executed(uv_page_import(UV(f), 0x15000, page));
	assert_true(world_is_plain(&f->world, &f->image));
}

static void transfer_needs_a_verified_guest(void **state)
{
	struct fixture *f = *state;
	uint8_t page[UV_PAGE_SIZE] = { 0 };

	assert_result(uv_page_export(UV(f), 0x15000, page), 0x0003, 0);
	assert_result(uv_page_import(UV(f), 0x15000, page), 0x0003, 0);
	world_load(&f->world, &f->image);
	assert_executed(world_set_parameters(&f->world, &f->image));
	assert_executed(world_unpack(&f->world, &f->image));
	assert_result(uv_page_export(UV(f), 0x15000, page), 0x0003, 0);
}

/* --- Any sequence ---------------------------------------------------------- */

enum { MODEL_PAGES = 8, MODEL_BASE = 0x20000 };

/* What the hypervisor has of a page, and what it should be in the end. */
struct model_page {
	bool exported;
	uint8_t plain[UV_PAGE_SIZE];
	uint8_t latest[UV_PAGE_SIZE];
	uint8_t older[UV_PAGE_SIZE];
};

static void model_export(struct fixture *f, struct model_page *m, uint64_t address)
{
	uint8_t page[UV_PAGE_SIZE];
	struct uv_result result = uv_page_export(UV(f), address, page);

	if (m->exported) {
		assert_result(result, 0x0102, 0);
		return;
	}
	assert_executed(result);
	memcpy(m->older, m->latest, UV_PAGE_SIZE);
	memcpy(m->latest, page, UV_PAGE_SIZE);
	m->exported = true;
}

static void model_import(struct fixture *f, struct model_page *m, uint64_t address)
{
	struct uv_result result = uv_page_import(UV(f), address, m->latest);

	if (m->exported)
		assert_executed(result);
	else
		assert_result(result, 0x0102, 0);
	m->exported = false;
	assert_memory_equal(f->world.storage + address, m->plain, UV_PAGE_SIZE);
}

/* A page that is not the latest export of its address. */
static void model_forge(struct fixture *f, struct model_page *all, unsigned which,
			uint64_t *seed)
{
	struct model_page *m = &all[which];
	uint8_t page[UV_PAGE_SIZE];
	struct uv_result result;

	switch (world_random(seed) % 4) {
	case 0: /* an older one */
		memcpy(page, m->older, UV_PAGE_SIZE);
		break;
	case 1: /* another page's */
		memcpy(page, all[(which + 1) % MODEL_PAGES].latest, UV_PAGE_SIZE);
		break;
	case 2: /* clear text */
		memcpy(page, m->plain, UV_PAGE_SIZE);
		break;
	default: /* one bit off */
		memcpy(page, m->latest, UV_PAGE_SIZE);
		page[world_random(seed) % UV_PAGE_SIZE] ^=
			(uint8_t)(1u << world_random(seed) % 8);
	}
	result = uv_page_import(UV(f), MODEL_BASE + which * UV_PAGE_SIZE, page);
	assert_result(result, m->exported ? 0x0103 : 0x0102, 0);
}

/* The guest changes a page that it has. */
static void model_write(struct fixture *f, struct model_page *m, uint64_t address,
			uint64_t *seed)
{
	if (m->exported)
		return;
	world_fill(m->plain, 64, world_random(seed));
	memcpy(f->world.storage + address, m->plain, UV_PAGE_SIZE);
}

static void no_sequence_lets_a_forged_page_in(void **state)
{
	struct fixture *f = *state;
	struct model_page *all = calloc(MODEL_PAGES, sizeof(*all));
	uint64_t seed = 3;

	assert_non_null(all);
	for (unsigned i = 0; i < 10000; i++) {
		unsigned which = world_random(&seed) % MODEL_PAGES;
		uint64_t address = MODEL_BASE + which * UV_PAGE_SIZE;

		switch (world_random(&seed) % 4) {
		case 0:
			model_export(f, &all[which], address);
			break;
		case 1:
			model_import(f, &all[which], address);
			break;
		case 2:
			model_forge(f, all, which, &seed);
			break;
		default:
			model_write(f, &all[which], address, &seed);
		}
	}
	for (unsigned i = 0; i < MODEL_PAGES; i++)
		if (all[i].exported)
			model_import(f, &all[i], MODEL_BASE + i * UV_PAGE_SIZE);
	free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_knows_shared_runs),
		cmocka_unit_test(table_agrees_with_a_simple_one),
		cmocka_unit_test(table_is_sparse),
		while_running(exported_page_comes_back),
		while_running(form_of_an_exported_page),
		while_running(each_export_is_different),
		while_running(page_of_another_address),
		while_running(page_of_another_configuration),
		while_running(every_bit_of_an_exported_page_counts),
		while_running(states_of_pages),
		while_running(transfer_operands),
		with_fixture(transfer_needs_a_verified_guest),
		while_running(no_sequence_lets_a_forged_page_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
