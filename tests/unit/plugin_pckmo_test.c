/* SPDX-License-Identifier: MIT */
/* What a protected guest sees of the functions of PCKMO. */
#include "unit.h"

#include <string.h>

#include "image/control_flags.h"
#include "plugin/pckmo.h"

static bool allows(const uint8_t allowed[PCKMO_STATUS_SIZE], unsigned code)
{
	return allowed[code / 8] & 0x80 >> code % 8;
}

/* Each flag takes away its functions and no other one. */
static void flags_take_away_their_functions(void **state)
{
	static const struct {
		uint64_t flag;
		uint8_t codes[8]; /* ended by 0 */
	} cases[] = {
		{ PCF_PCKMO_DEA, { 1, 2, 3 } },
		{ PCF_PCKMO_AES, { 18, 19, 20, 21, 22 } },
		{ PCF_PCKMO_ECC, { 32, 33, 34, 40, 41 } },
		{ PCF_PCKMO_HMAC, { 118, 122 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t allowed[PCKMO_STATUS_SIZE];

		pckmo_allowed(allowed, ~cases[i].flag);
		for (unsigned code = 0; code < 8 * PCKMO_STATUS_SIZE; code++) {
			bool taken = code && memchr(cases[i].codes, (int)code,
						    sizeof(cases[i].codes));

			assert_int_equal(allows(allowed, code), !taken);
		}
	}
}

static void all_flags_allow_all(void **state)
{
	uint8_t allowed[PCKMO_STATUS_SIZE];

	(void)state;
	pckmo_allowed(allowed, PCF_PCKMO | PCF_PCKMO_HMAC);
	for (size_t i = 0; i < sizeof(allowed); i++)
		assert_int_equal(allowed[i], 0xff);
}

/* The query stays, whatever the image says. */
static void no_flag_allows_the_query(void **state)
{
	uint8_t allowed[PCKMO_STATUS_SIZE];

	(void)state;
	pckmo_allowed(allowed, 0);
	assert_true(allows(allowed, PCKMO_QUERY));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flags_take_away_their_functions),
		cmocka_unit_test(all_flags_allow_all),
		cmocka_unit_test(no_flag_allows_the_query),
	};

	return cmocka_run_group_tests_name("plugin_pckmo", tests, NULL, NULL);
}
