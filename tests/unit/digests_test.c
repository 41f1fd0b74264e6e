/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "image/digests.h"
#include "image_fixture.h"

static void digest_run(struct page_digest_values *values, const uint8_t *pages,
		       size_t count, bool one_by_one)
{
	struct page_tweak first = { be64(0x0028010203040506), be64(0) };
	struct page_digests *digests;
	struct error err;

	assert_ok(page_digests_new(&digests, &err), &err);
	for (size_t i = 0; one_by_one && i < count; i++) {
		struct page_tweak tweak = { first.prefix, be64(i * 4096) };

		assert_ok(page_digests_add(digests, pages + i * 4096,
					   0x15000 + i * 4096, &tweak, &err), &err);
	}
	if (!one_by_one)
		assert_ok(page_digests_add_run(digests, pages, count, 0x15000,
					       &first, &err), &err);
	assert_ok(page_digests_values(digests, values, &err), &err);
	assert_int_equal(page_digests_count(digests), count);
	page_digests_free(digests);
}

static void a_run_is_its_pages(void **state)
{
	enum { PAGES = 300 }; /* more than one batch, and a rest */
	uint8_t *pages = malloc(PAGES * 4096);
	struct page_digest_values single, run;

	(void)state;
	assert_non_null(pages);
	for (size_t i = 0; i < PAGES * 4096; i++)
		pages[i] = (uint8_t)(i * 7 + i / 4096);
	digest_run(&single, pages, PAGES, true);
	digest_run(&run, pages, PAGES, false);
	assert_memory_equal(&single, &run, sizeof(run));
	free(pages);
}

static void values_can_be_taken_early(void **state)
{
	struct page_tweak tweak = { be64(1), be64(0) };
	struct page_digest_values early, again;
	struct page_digests *digests;
	uint8_t page[4096] = { 1 };
	struct error err;

	(void)state;
	assert_ok(page_digests_new(&digests, &err), &err);
	assert_ok(page_digests_add(digests, page, 0, &tweak, &err), &err);
	assert_ok(page_digests_values(digests, &early, &err), &err);
	assert_ok(page_digests_values(digests, &again, &err), &err);
	assert_memory_equal(&early, &again, sizeof(early));
	assert_ok(page_digests_add(digests, page, 4096, &tweak, &err), &err);
	assert_ok(page_digests_values(digests, &again, &err), &err);
	assert_memory_not_equal(early.pld, again.pld, SHA512_SIZE);
	assert_memory_not_equal(early.ald, again.ald, SHA512_SIZE);
	assert_memory_not_equal(early.tld, again.tld, SHA512_SIZE);
	page_digests_free(digests);
}

/* Each digest depends on its own input and on nothing else. */
static void each_digest_has_its_input(void **state)
{
	uint8_t page[4096] = { 0 }, other[4096] = { 1 };
	const struct {
		const uint8_t *page;
		uint64_t address, prefix;
	} cases[] = { { page, 0, 1 }, { other, 0, 1 }, { page, 4096, 1 }, { page, 0, 2 } };
	struct page_digest_values values[4];
	struct error err;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct page_tweak tweak = { be64(cases[i].prefix), be64(0) };
		struct page_digests *digests;

		assert_ok(page_digests_new(&digests, &err), &err);
		assert_ok(page_digests_add(digests, cases[i].page, cases[i].address,
					   &tweak, &err), &err);
		assert_ok(page_digests_values(digests, &values[i], &err), &err);
		page_digests_free(digests);
		assert_int_equal(memcmp(values[i].pld, values[0].pld, SHA512_SIZE) != 0,
				 i == 1);
		assert_int_equal(memcmp(values[i].ald, values[0].ald, SHA512_SIZE) != 0,
				 i == 2);
		assert_int_equal(memcmp(values[i].tld, values[0].tld, SHA512_SIZE) != 0,
				 i == 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_is_its_pages),
		cmocka_unit_test(values_can_be_taken_early),
		cmocka_unit_test(each_digest_has_its_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
