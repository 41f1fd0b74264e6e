/* SPDX-License-Identifier: MIT */
/* Address translation, against tables built by hand in a small storage. */
#include "unit.h"

#include <string.h>

#include "base/be.h"
#include "plugin/dat.h"

#define STORAGE_SIZE 0x40000

/* Where the tables of the tests lie. */
#define REGION_FIRST 0x4000
#define REGION_SECOND 0x8000
#define REGION_THIRD 0xc000
#define SEGMENT 0x10000
#define PAGES 0x14000
#define FRAME 0x20000

#define TYPE(level) ((uint64_t)(level) << 2)
#define FULL_TABLE 3

static uint8_t storage[STORAGE_SIZE];

static bool read_entry(void *context, uint64_t absolute, uint64_t *entry)
{
	be64_t bytes;

	(void)context;
	if (absolute > STORAGE_SIZE - sizeof(bytes))
		return false;
	memcpy(&bytes, storage + absolute, sizeof(bytes));
	*entry = be64_get(bytes);
	return true;
}

static void put(uint64_t table, unsigned index, uint64_t entry)
{
	be64_t bytes = be64(entry);

	memcpy(storage + table + index * 8, &bytes, sizeof(bytes));
}

/* Entry 1 of each table leads to the next; page 1 to FRAME. */
static void build_tables(void)
{
	memset(storage, 0, sizeof(storage));
	for (unsigned i = 0; i < 2048; i++) {
		put(REGION_FIRST, i, 0x20 | TYPE(3));
		put(REGION_SECOND, i, 0x20 | TYPE(2));
		put(REGION_THIRD, i, 0x20 | TYPE(1));
		put(SEGMENT, i, 0x20);
	}
	for (unsigned i = 0; i < 256; i++)
		put(PAGES, i, 0x400);
	put(REGION_FIRST, 1, REGION_SECOND | TYPE(3) | FULL_TABLE);
	put(REGION_SECOND, 1, REGION_THIRD | TYPE(2) | FULL_TABLE);
	put(REGION_THIRD, 1, SEGMENT | TYPE(1) | FULL_TABLE);
	put(SEGMENT, 1, PAGES);
	put(PAGES, 1, FRAME);
}

static struct dat_context context(uint64_t table, unsigned level)
{
	build_tables();
	return (struct dat_context){
		.dat = true, .space = DAT_HOME,
		.asce = table | TYPE(level) | FULL_TABLE,
		.address_mask = UINT64_MAX, .read_entry = read_entry,
	};
}

/* Index 1 at the levels up to @level, page 1, byte 0x123. */
static uint64_t address_for(unsigned level)
{
	uint64_t address = 0x101123;

	for (unsigned i = 1; i <= level; i++)
		address |= UINT64_C(1) << (20 + 11 * i);
	return address;
}

static uint64_t assert_translates(const struct dat_context *dat, uint64_t address,
				  enum dat_access access)
{
	struct access_fault fault = { 0 };
	uint64_t absolute = 0;

	if (!dat_translate(dat, address, access, &absolute, &fault))
		fail_msg("fault 0x%x at 0x%llx", fault.code,
			 (unsigned long long)address);
	return absolute;
}

static struct access_fault assert_faults(const struct dat_context *dat,
					 uint64_t address, enum dat_access access,
					 uint16_t code)
{
	struct access_fault fault = { 0 };
	uint64_t absolute;

	assert_false(dat_translate(dat, address, access, &absolute, &fault));
	assert_int_equal(fault.code, code);
	return fault;
}

static const uint64_t tables[] = { SEGMENT, REGION_THIRD, REGION_SECOND, REGION_FIRST };
static const uint16_t codes[] = {
	PGM_SEGMENT_TRANSLATION, PGM_REGION_THIRD_TRANSLATION,
	PGM_REGION_SECOND_TRANSLATION, PGM_REGION_FIRST_TRANSLATION,
};

static void walks_every_table(void **state)
{
	(void)state;
	for (unsigned level = 0; level < 4; level++) {
		struct dat_context dat = context(tables[level], level);

		assert_int_equal(assert_translates(&dat, address_for(level), DAT_STORE),
				 FRAME + 0x123);
	}
}

static void invalid_entries(void **state)
{
	(void)state;
	for (unsigned level = 0; level < 4; level++) {
		struct dat_context dat = context(tables[level], level);
		struct access_fault fault;
		/* Index 2 of the top table is invalid. */
		uint64_t address = address_for(level) + (UINT64_C(1) << (20 + 11 * level));

		fault = assert_faults(&dat, address, DAT_FETCH, codes[level]);
		assert_true(fault.nullifying);
		assert_true(fault.has_teid);
		assert_int_equal(fault.teid, (address & ~UINT64_C(0xfff)) | 0x800 | 3);
	}
}

static void invalid_page(void **state)
{
	struct dat_context dat = context(SEGMENT, 0);
	struct access_fault fault;

	(void)state;
	fault = assert_faults(&dat, 0x102fff, DAT_STORE, PGM_PAGE_TRANSLATION);
	assert_true(fault.nullifying);
	assert_int_equal(fault.teid, 0x102000 | 0x400 | 3);
}

static void addresses_beyond_the_top_table(void **state)
{
	(void)state;
	for (unsigned level = 0; level < 3; level++) {
		struct dat_context dat = context(tables[level], level);

		assert_true(assert_faults(&dat, address_for(level + 1), DAT_FETCH,
					  PGM_ASCE_TYPE).nullifying);
	}
}

static void short_tables(void **state)
{
	struct dat_context dat = context(SEGMENT, 0);

	(void)state;
	/* Entry 512 is in the second quarter. */
	put(SEGMENT, 512, PAGES);
	assert_translates(&dat, 0x20001000, DAT_FETCH);
	dat.asce &= ~UINT64_C(3);
	assert_faults(&dat, 0x20001000, DAT_FETCH, PGM_SEGMENT_TRANSLATION);

	/* A table that starts with its second quarter. */
	dat = context(REGION_THIRD, 1);
	put(REGION_THIRD, 1, SEGMENT | TYPE(1) | 1 << 6 | FULL_TABLE);
	assert_faults(&dat, address_for(1), DAT_FETCH, PGM_SEGMENT_TRANSLATION);
}

static void malformed_entries(void **state)
{
	struct dat_context dat = context(SEGMENT, 0);
	struct access_fault fault;

	(void)state;
	put(SEGMENT, 1, PAGES | TYPE(1));
	fault = assert_faults(&dat, 0x101000, DAT_FETCH, PGM_TRANSLATION_SPECIFICATION);
	assert_false(fault.nullifying);
	assert_false(fault.has_teid);

	dat = context(SEGMENT, 0);
	put(PAGES, 1, FRAME | 0x800);
	assert_faults(&dat, 0x101000, DAT_FETCH, PGM_TRANSLATION_SPECIFICATION);
}

static void tables_and_frames_outside_storage(void **state)
{
	struct dat_context dat = context(STORAGE_SIZE, 0);

	(void)state;
	assert_faults(&dat, 0x101000, DAT_FETCH, PGM_ADDRESSING);

	dat = context(SEGMENT, 0);
	put(SEGMENT, 1, STORAGE_SIZE);
	assert_faults(&dat, 0x101000, DAT_FETCH, PGM_ADDRESSING);

	dat = context(SEGMENT, 0);
	put(PAGES, 1, STORAGE_SIZE);
	assert_faults(&dat, 0x101000, DAT_FETCH, PGM_ADDRESSING);
}

static void protection(void **state)
{
	struct dat_context dat = context(SEGMENT, 0);
	struct access_fault fault;

	(void)state;
	put(PAGES, 1, FRAME | 0x200);
	assert_translates(&dat, 0x101000, DAT_FETCH);
	fault = assert_faults(&dat, 0x101008, DAT_STORE, PGM_PROTECTION);
	assert_false(fault.nullifying);
	assert_int_equal(fault.teid, 0x101000 | 0x400 | 4 | 3);

	dat = context(SEGMENT, 0);
	put(SEGMENT, 1, PAGES | 0x200);
	assert_faults(&dat, 0x101008, DAT_STORE, PGM_PROTECTION);

	/* In region tables the bit counts with enhanced DAT only. */
	dat = context(REGION_THIRD, 1);
	put(REGION_THIRD, 1, SEGMENT | TYPE(1) | FULL_TABLE | 0x200);
	assert_translates(&dat, address_for(1), DAT_STORE);
	dat.large_frames = true;
	assert_faults(&dat, address_for(1), DAT_STORE, PGM_PROTECTION);
}

static void low_protection(void **state)
{
	struct dat_context dat = { .low_protection = true,
				   .address_mask = UINT64_MAX,
				   .read_entry = read_entry };

	(void)state;
	assert_int_equal(assert_faults(&dat, 0x1ff, DAT_STORE, PGM_PROTECTION).teid,
			 0x400 | 0x80);
	assert_faults(&dat, 0x11ff, DAT_STORE, PGM_PROTECTION);
	assert_translates(&dat, 0x1ff, DAT_FETCH);
	assert_translates(&dat, 0x200, DAT_STORE);
	assert_translates(&dat, 0x1200, DAT_STORE);
	assert_translates(&dat, 0x2000, DAT_STORE);

	/* Not in a private space. */
	dat = context(SEGMENT, 0);
	put(SEGMENT, 0, PAGES);
	put(PAGES, 0, FRAME);
	dat.low_protection = true;
	assert_faults(&dat, 0, DAT_STORE, PGM_PROTECTION);
	dat.asce |= 0x100;
	assert_translates(&dat, 0, DAT_STORE);
}

static void prefixing(void **state)
{
	struct dat_context dat = { .prefix = 0x6000, .address_mask = UINT64_MAX,
				   .read_entry = read_entry };

	(void)state;
	assert_int_equal(assert_translates(&dat, 0x10, DAT_FETCH), 0x6010);
	assert_int_equal(assert_translates(&dat, 0x1fff, DAT_FETCH), 0x7fff);
	assert_int_equal(assert_translates(&dat, 0x2000, DAT_FETCH), 0x2000);
	assert_int_equal(assert_translates(&dat, 0x6010, DAT_FETCH), 0x10);
	assert_int_equal(assert_translates(&dat, 0x8000, DAT_FETCH), 0x8000);
	assert_faults(&dat, STORAGE_SIZE, DAT_FETCH, PGM_ADDRESSING);

	/* The real address that translation gives is prefixed, too. */
	dat = context(SEGMENT, 0);
	put(PAGES, 1, 0x6000);
	dat.prefix = 0x6000;
	assert_int_equal(assert_translates(&dat, 0x101123, DAT_FETCH), 0x123);
}

static void real_space_and_addressing_modes(void **state)
{
	struct dat_context dat = context(0, 0);

	(void)state;
	dat.asce = 0x20;
	assert_int_equal(assert_translates(&dat, 0x5432, DAT_FETCH), 0x5432);
	dat.address_mask = 0x7fffffff;
	assert_int_equal(assert_translates(&dat, 0xffffffff80005432, DAT_FETCH), 0x5432);
	dat.address_mask = 0xffffff;
	assert_int_equal(assert_translates(&dat, 0x7f005432, DAT_FETCH), 0x5432);
}

static void large_frames(void **state)
{
	struct dat_context dat = context(SEGMENT, 0);

	(void)state;
	/* A frame of 1 MiB at 0, so that it is in the small storage. */
	put(SEGMENT, 1, 0x400);
	dat.large_frames = true;
	assert_int_equal(assert_translates(&dat, 0x101123, DAT_STORE), 0x1123);
	put(SEGMENT, 1, 0x400 | 0x200);
	assert_faults(&dat, 0x101123, DAT_STORE, PGM_PROTECTION);

	/* Without enhanced DAT the bit has no meaning. */
	dat.large_frames = false;
	put(SEGMENT, 1, PAGES | 0x400);
	assert_int_equal(assert_translates(&dat, 0x101123, DAT_STORE), FRAME + 0x123);

	dat = context(REGION_THIRD, 1);
	dat.large_frames = true;
	put(REGION_THIRD, 1, 0x400 | TYPE(1));
	assert_int_equal(assert_translates(&dat, UINT64_C(0x80001123), DAT_STORE), 0x1123);
}

/* The exception names the space; without DAT there is none. */
static void names_the_space(void **state)
{
	static const enum dat_space spaces[] = { DAT_PRIMARY, DAT_SECONDARY, DAT_HOME };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct dat_context dat = context(SEGMENT, 0);
		struct access_fault fault;

		dat.space = spaces[i];
		put(PAGES, 1, 0x400);
		fault = assert_faults(&dat, address_for(0), DAT_FETCH, PGM_PAGE_TRANSLATION);
		assert_int_equal(fault.teid & 3, spaces[i]);
		dat.dat = false;
		dat.low_protection = true;
		fault = assert_faults(&dat, 0x100, DAT_STORE, PGM_PROTECTION);
		assert_int_equal(fault.teid & 3, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks_every_table),
		cmocka_unit_test(invalid_entries),
		cmocka_unit_test(invalid_page),
		cmocka_unit_test(addresses_beyond_the_top_table),
		cmocka_unit_test(short_tables),
		cmocka_unit_test(malformed_entries),
		cmocka_unit_test(tables_and_frames_outside_storage),
		cmocka_unit_test(protection),
		cmocka_unit_test(low_protection),
		cmocka_unit_test(prefixing),
		cmocka_unit_test(real_space_and_addressing_modes),
		cmocka_unit_test(large_frames),
		cmocka_unit_test(names_the_space),
	};

	return cmocka_run_group_tests_name("plugin_dat", tests, NULL, NULL);
}
