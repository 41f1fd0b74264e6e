/* SPDX-License-Identifier: MIT */
/* Query Ultravisor Information and Query Keys. */
#include <string.h>

#include "ultravisor/calls.h"
#include "ultravisor/query.h"
#include "ultravisor_seen.h"

static void query_lengths(void **state)
{
	struct fixture *f = *state;

	assert_seen(call_empty(f, UVC_QUERY, 0), 1, 0x0005);
	assert_seen(call_empty(f, UVC_QUERY, 0xa0), 1, 0x0005);
	assert_seen(call_empty(f, UVC_QUERY, 0xa7), 1, 0x0005);
	assert_seen(call_empty(f, UVC_QUERY, 0xa8), 1, 0x0100);
	assert_seen(call_empty(f, UVC_QUERY, 0x11f), 1, 0x0100);
	assert_seen(call_empty(f, UVC_QUERY, 0x120), 0, 0x0001);
	assert_seen(call_empty(f, UVC_QUERY, 0x121), 0, 0x0001);
	assert_seen(call_empty(f, UVC_QUERY, 0xffff), 0, 0x0001);
}

static void query_tells_the_generation(void **state)
{
	struct fixture *f = *state;
	struct generation *g = &f->world.generation;
	uint8_t bytes[0x130];
	struct uvcb_query *query = (struct uvcb_query *)bytes;
	uint64_t installed = 0;

	g->feature_indications = MSB0(1);
	memset(bytes, 0xee, sizeof(bytes));
	query->header.size = be16(sizeof(bytes));
	query->header.code = be16(UVC_QUERY);
	assert_seen(call_block(f, bytes, sizeof(bytes)), 0, 0x0001);

	for (const struct call *call = calls; call->name; call++)
		if (call_installed(f->world.uv, call))
			installed |= MSB0(call->bit);
	assert_true(be64_get(query->calls[0]) == installed);
	assert_true(installed & MSB0(0) && installed & MSB0(8) && installed & MSB0(9));
	assert_false(installed & (MSB0(1) | MSB0(2) | MSB0(6) | MSB0(11) | MSB0(14)));
	assert_true(be64_get(query->calls[1]) == 0 && be64_get(query->calls[3]) == 0);
	assert_true(be32_get(query->max_configurations) == g->max_guests);
	assert_true(be64_get(query->max_address) == g->max_address);
	assert_int_equal(be16_get(query->max_cpu_id), g->max_cpu_id);
	assert_true(be64_get(query->feature_indications) == MSB0(1));
	assert_true(be64_get(query->header_versions) == MSB0(0));
	assert_true(be64_get(query->header_pcf) == PCF_KNOWN);
	assert_true(be64_get(query->dump_completion_size) == 0x1000);
	assert_int_equal(be16_get(query->header.size), sizeof(bytes));
	for (size_t i = sizeof(*query); i < sizeof(bytes); i++)
		assert_int_equal(bytes[i], 0);

	g->dump = false;
	assert_seen(call_block(f, bytes, sizeof(bytes)), 0, 0x0001);
	assert_true(be64_get(query->dump_completion_size) == 0);
}

/* Fields of a call that is not installed are not announced. */
static void query_hides_what_is_not_installed(void **state)
{
	struct fixture *f = *state;
	struct uvcb_query query = {
		.header = { .size = be16(sizeof(query)), .code = be16(UVC_QUERY) },
	};
	uint16_t codes[] = { 0x1020, 0x1031 };

	for (size_t i = 0; i < 2; i++) {
		const struct call *call = call_by_code(codes[i]);

		f->world.generation.calls[0] &= ~MSB0(call->bit);
	}
	assert_seen(call_block(f, &query, sizeof(query)), 0, 0x0001);
	assert_true(be64_get(query.attestation_versions) == 0);
	assert_true(be64_get(query.attestation_flags) == 0);
	assert_true(be64_get(query.add_secret_versions) == 0);
	assert_true(be64_get(query.secret_types) == 0);
	assert_int_equal(be16_get(query.max_association_secrets), 0);
}

static void short_query_is_the_start_of_a_long_one(void **state)
{
	struct fixture *f = *state;
	uint8_t whole[0x120] = { 0x01, 0x20, 0x00, 0x01 };
	uint8_t part[0xb0] = { 0x00, 0xb0, 0x00, 0x01 };

	call_block(f, whole, sizeof(whole));
	call_block(f, part, sizeof(part));
	assert_memory_equal(whole + 8, part + 8, sizeof(part) - 8);
}

static void query_keys(void **state)
{
	static const uint8_t zeros[PHKH_SIZE];
	struct fixture *f = *state;
	struct uvcb_query_keys block = {
		.header = { .size = be16(sizeof(block)), .code = be16(UVC_QUERY_KEYS) },
	};
	uint8_t phkh[PHKH_SIZE];
	struct error err;

	memset(block.phkh, 0xee, sizeof(block.phkh));
	assert_seen(call_block(f, &block, sizeof(block)), 0, 0x0001);
	assert_ok(ec_phkh(phkh, f->world.host_key, &err), &err);
	assert_memory_equal(block.phkh[0], phkh, sizeof(phkh));
	assert_ok(ec_phkh(phkh, f->world.backup_host_key, &err), &err);
	assert_memory_equal(block.phkh[1], phkh, sizeof(phkh));
	for (unsigned i = 2; i < QUERY_KEYS_COUNT; i++)
		assert_memory_equal(block.phkh[i], zeros, sizeof(zeros));

	world_restart(&f->world, WITH_HOST_KEY);
	assert_seen(call_block(f, &block, sizeof(block)), 0, 0x0001);
	assert_memory_equal(block.phkh[1], zeros, sizeof(zeros));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		while_running(query_lengths),
		while_running(query_tells_the_generation),
		while_running(query_hides_what_is_not_installed),
		while_running(short_query_is_the_start_of_a_long_one),
		while_running(query_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
