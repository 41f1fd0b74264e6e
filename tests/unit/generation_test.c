/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "base/be.h"
#include "image/control_flags.h"
#include "ultravisor/generation.h"

static void generations_are_found(void **state)
{
	(void)state;
	assert_string_equal(generation_by_name("z16")->name, "z16");
	assert_null(generation_by_name("z14"));
	assert_null(generation_by_name(""));
	assert_string_equal(generation_by_type(0x8562)->name, "z15");
	assert_string_equal(generation_by_type(0x3931)->name, "z16");
	assert_string_equal(generation_by_type(0x9176)->name, "z17");
	assert_null(generation_by_type(0x3906));
	assert_null(generation_by_type(0));
	assert_string_equal(generation_cpu_model(0x8561), "gen15a");
	assert_string_equal(generation_cpu_model(0x3932), "gen16b");
	assert_null(generation_cpu_model(0x2964));
}

static bool has(const struct generation *g, unsigned call)
{
	return g->calls[call / 64] & MSB0(call % 64);
}

/* What one field of an entry says has to fit the others. */
static void entries_are_consistent(void **state)
{
	(void)state;
	for (const struct generation *g = generations; g->name; g++) {
		bool store = has(g, 29), retrieve = has(g, 33);

		assert_true(has(g, 0) && has(g, 8) && has(g, 9));
		assert_int_equal(has(g, 28), g->attestation_versions != 0);
		assert_int_equal(has(g, 28), g->attestation_flags != 0);
		assert_int_equal(store, has(g, 30));
		assert_int_equal(store, has(g, 31));
		assert_int_equal(store, g->add_secret_versions != 0);
		assert_int_equal(store, g->max_association_secrets != 0);
		assert_int_equal(store, (g->secret_types & (MSB0(1) | MSB0(2))) != 0);
		assert_int_equal(retrieve, g->max_retrievable_secrets != 0);
		assert_int_equal(retrieve, (g->secret_types & MSB0(3)) != 0);
		assert_int_equal(g->dump, (g->pcf & PCF_ALLOW_DUMP) != 0);
		assert_true((g->scf & SCF_CCK_UPDATE) == 0 || (g->secret_types & MSB0(22)));
		assert_true((g->pcf & ~PCF_KNOWN) == 0 && (g->scf & ~SCF_KNOWN) == 0);
		/* Type 0 and the reserved ones are never offered. */
		assert_true((g->secret_types & ~UINT64_C(0x7fe07e0000000000)) == 0);
	}
}

static void later_generations_offer_no_less(void **state)
{
	(void)state;
	for (const struct generation *g = generations + 1; g->name; g++) {
		const struct generation *before = g - 1;

		assert_true((before->calls[0] & ~g->calls[0]) == 0);
		assert_true((before->pcf & ~g->pcf) == 0);
		assert_true((before->scf & ~g->scf) == 0);
		assert_true((before->secret_types & ~g->secret_types) == 0);
		assert_true((before->attestation_flags & ~g->attestation_flags) == 0);
		assert_true(g->max_association_secrets >= before->max_association_secrets);
	}
}

/* Values that users and documents rely on. */
static void known_words(void **state)
{
	(void)state;
	assert_true(generation_by_name("z15")->secret_types == 0);
	assert_true(generation_by_name("z16")->secret_types == 0x6000000000000000);
	assert_true(generation_by_name("z17")->secret_types == 0x7fe07e0000000000);
	assert_true(generation_by_name("z16")->pcf == 0x300000e2);
	assert_true(generation_by_name("z17")->calls[0] == 0x80c0000f60000000);
	/* A list of secrets has pages of 85 entries; more than one has to be possible. */
	assert_true(generation_by_name("z16")->max_association_secrets > 85);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(generations_are_found),
		cmocka_unit_test(entries_are_consistent),
		cmocka_unit_test(later_generations_offer_no_less),
		cmocka_unit_test(known_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
