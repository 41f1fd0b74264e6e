/* SPDX-License-Identifier: MIT */
/* Retrieve Attestation Measurement: every rc, and what a success tells. */
#include "ultravisor_seen.h"

#include <stdio.h>

#include "attestation/measurement.h"
#include "image_fixture.h"
#include "folder.h"
#include "uv_requests.h"

#define ARCB_AT 0x2000
#define MEASUREMENT_AT 0x3000
#define ADDITIONAL_AT 0x4000
#define ALL_FLAGS (ATTEST_NONCE | ATTEST_IMAGE_PHKH | ATTEST_REQUEST_PHKH | \
		   ATTEST_STORE_HASH)

/* A guest that is about to attest itself. */
struct attester {
	struct fixture *f;
	struct world_arcb arcb;
	struct uvcb_attest block;
};

static void fill_block(struct attester *a)
{
	a->block = (struct uvcb_attest){
		.header = { .size = be16(sizeof(a->block)), .code = be16(UVC_ATTEST) },
		.arcb = be64(ARCB_AT),
		.measurement_size = be32(MEASUREMENT_SIZE),
		.measurement = be64(MEASUREMENT_AT),
		.additional_size = be32((uint32_t)additional_size(a->arcb.flags)),
		.additional = be64(ADDITIONAL_AT),
	};
}

static void begin(struct attester *a, struct fixture *f, uint64_t flags)
{
	a->f = f;
	world_arcb_make(&f->world, &a->arcb, flags);
	fill_block(a);
	memset(f->world.storage + MEASUREMENT_AT, 0xee, 0x2000);
}

/* Issues the call with the ARCB and the block as they stand. */
static struct seen attest(struct attester *a)
{
	memcpy(a->f->world.storage + ARCB_AT, a->arcb.bytes, a->arcb.size);
	return call_block(a->f, &a->block, sizeof(a->block));
}

static struct arcb_fixed *fixed(struct attester *a)
{
	return (struct arcb_fixed *)a->arcb.bytes;
}

static const uint8_t *measured(const struct attester *a)
{
	return a->f->world.storage + MEASUREMENT_AT;
}

static const uint8_t *additional(const struct attester *a)
{
	return a->f->world.storage + ADDITIONAL_AT;
}

/* Nothing was given out: neither in storage nor in the block. */
static void assert_nothing_told(const struct attester *a)
{
	static const uint8_t zeros[ATTEST_CUID_SIZE];

	for (size_t i = 0; i < 0x2000; i++)
		assert_int_equal(measured(a)[i], 0xee);
	assert_memory_equal(a->block.cuid, zeros, sizeof(zeros));
}

/* The measurement is that of the image, of what was returned, and nothing else. */
static void assert_measured(const struct attester *a)
{
	uint8_t expected[MEASUREMENT_SIZE];
	struct image_tags tags;
	struct measurement_input input = {
		.image = &tags,
		.cuid = a->block.cuid,
		.user_data = a->block.user_data,
		.user_size = be16_get(a->block.user_size),
		.additional = additional(a),
		.additional_size = be32_get(a->block.additional_size),
		.nonce = a->arcb.flags & ATTEST_NONCE ? a->arcb.area.nonce : NULL,
	};
	struct uv_status status;
	struct error err;

	world_image_tags(&a->f->image, &tags);
	assert_true(uv_configuration_status(UV(a->f), &status));
	assert_memory_equal(a->block.cuid, status.cuid, sizeof(status.cuid));
	assert_ok(measurement_compute(expected, a->arcb.area.measurement_key, &input, &err),
		  &err);
	assert_memory_equal(measured(a), expected, sizeof(expected));
	assert_int_equal(measured(a)[MEASUREMENT_SIZE], 0xee);
	assert_int_equal(additional(a)[input.additional_size], 0xee);
}

/* --- Successes ------------------------------------------------------------- */

static void measures_with_each_set_of_flags(void **state)
{
	struct fixture *f = *state;

	for (unsigned set = 0; set < 16; set++) {
		struct attester a;

		begin(&a, f, (uint64_t)set << 59 & ALL_FLAGS);
		assert_seen(attest(&a), 0, 0x0001);
		assert_int_equal(be32_get(a.block.additional_size),
				 additional_size(a.arcb.flags));
		assert_measured(&a);
		world_arcb_free(&a.arcb);
	}
}

static void tells_additional_data_in_order(void **state)
{
	struct fixture *f = *state;
	uint8_t phkh[PHKH_SIZE], hash[SHA512_SIZE];
	struct attester a;
	struct error err;

	begin(&a, f, ALL_FLAGS);
	assert_int_equal(attest(&a).stored, sizeof(a.block));
	assert_ok(ec_phkh(phkh, f->world.host_key, &err), &err);
	assert_memory_equal(additional(&a), phkh, sizeof(phkh));
	assert_memory_equal(additional(&a) + 32, phkh, sizeof(phkh));
	assert_ok(store_hash_compute(hash, NULL, 0, false, &err), &err);
	assert_memory_equal(additional(&a) + 64, hash, sizeof(hash));

	assert_seen(call_empty(f, UVC_LOCK_SECRETS, 0x40), 0, 0x0001);
	attest(&a);
	assert_ok(store_hash_compute(hash, NULL, 0, true, &err), &err);
	assert_memory_equal(additional(&a) + 64, hash, sizeof(hash));
	world_arcb_free(&a.arcb);
}

static void measures_user_data(void **state)
{
	static const size_t sizes[] = { 0, 1, 17, 255, 256 };
	struct fixture *f = *state;
	struct attester a;

	begin(&a, f, ATTEST_NONCE);
	world_fill(a.block.user_data, sizeof(a.block.user_data), 42);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		a.block.user_size = be16((uint16_t)sizes[i]);
		assert_seen(attest(&a), 0, 0x0001);
		assert_measured(&a);
	}
	world_arcb_free(&a.arcb);
}

static void larger_buffers_are_fine(void **state)
{
	struct fixture *f = *state;
	struct attester a;

	begin(&a, f, ATTEST_NONCE | ATTEST_IMAGE_PHKH);
	a.block.measurement_size = be32(0x100);
	a.block.additional_size = be32(0x200);
	assert_seen(attest(&a), 0, 0x0001);
	assert_int_equal(be32_get(a.block.additional_size), PHKH_SIZE);
	assert_measured(&a);
	world_arcb_free(&a.arcb);
}

/* The second slot of three is for the backup host key, none for the host key. */
static void backup_host_key_opens_requests(void **state)
{
	struct fixture *f = *state;
	uint8_t phkh[2][PHKH_SIZE];
	struct attester a;
	struct error err;

	begin(&a, f, ALL_FLAGS);
	a.arcb.hosts[0] = f->world.foreign_host_key;
	a.arcb.hosts[1] = f->world.backup_host_key;
	a.arcb.hosts[2] = f->world.foreign_host_key;
	a.arcb.host_count = 3;
	world_arcb_seal(&a.arcb);
	assert_seen(attest(&a), 0, 0x0001);
	assert_measured(&a);
	assert_ok(ec_phkh(phkh[0], f->world.host_key, &err), &err);
	assert_ok(ec_phkh(phkh[1], f->world.backup_host_key, &err), &err);
	assert_memory_equal(additional(&a), phkh[0], PHKH_SIZE);
	assert_memory_equal(additional(&a) + 32, phkh[1], PHKH_SIZE);

	world_restart(&f->world, WITH_HOST_KEY);
	assert_executed(world_boot(&f->world, &f->image));
	assert_seen_reason(attest(&a), 1, 0x010c, UV_RRC_NO_MATCHING_SLOT);
	world_arcb_free(&a.arcb);
}

static void each_instance_has_its_cuid(void **state)
{
	struct fixture *f = *state;
	uint8_t cuid[ATTEST_CUID_SIZE], measurement[MEASUREMENT_SIZE];
	struct attester a;

	begin(&a, f, ATTEST_NONCE);
	assert_seen(attest(&a), 0, 0x0001);
	memcpy(cuid, a.block.cuid, sizeof(cuid));
	memcpy(measurement, measured(&a), sizeof(measurement));
	assert_seen(attest(&a), 0, 0x0001);
	assert_memory_equal(a.block.cuid, cuid, sizeof(cuid));
	assert_memory_equal(measured(&a), measurement, sizeof(measurement));

	world_renew(&f->world);
	assert_executed(world_boot(&f->world, &f->image));
	memset(f->world.storage + MEASUREMENT_AT, 0xee, 0x2000);
	assert_seen(attest(&a), 0, 0x0001);
	assert_memory_not_equal(a.block.cuid, cuid, sizeof(cuid));
	assert_memory_not_equal(measured(&a), measurement, sizeof(measurement));
	assert_measured(&a);
	world_arcb_free(&a.arcb);
}

/* --- Refusals -------------------------------------------------------------- */

/* The steps of kvm-unit-tests' s390x/pv-attest.c, in its order. */
static void refuses_as_real_machines_do(void **state)
{
	struct fixture *f = *state;
	struct attester a;

	begin(&a, f, ATTEST_IMAGE_PHKH);
	memset(a.arcb.bytes + sizeof(struct arcb_fixed), 0, 80 + 64 + 16);
	assert_seen(call_empty(f, UVC_ATTEST, 0x187), 1, 0x0005);
	assert_seen(call_empty(f, UVC_ATTEST, 0x189), 1, 0x0005);
	a.block.continuation_token = be64(0xff);
	assert_seen(attest(&a), 1, 0x0101);
	a.block.continuation_token = be64(0);
	a.block.user_size = be16(257);
	assert_seen(attest(&a), 1, 0x0102);
	a.block.user_size = be16(0);
	a.block.arcb = be64(FIXTURE_STORAGE + 4096);
	assert_seen(attest(&a), 1, 0x0103);
	a.block.arcb = be64(ARCB_AT);
	fixed(&a)->head.version = be32(0);
	assert_seen(attest(&a), 1, 0x0106);
	fixed(&a)->head.version = be32(0x100);
	fixed(&a)->head.size = be32((uint32_t)a.arcb.size + 1);
	assert_seen(attest(&a), 1, 0x0107);
	fixed(&a)->head.size = be32((uint32_t)a.arcb.size);
	fixed(&a)->head.slot_count = 2;
	assert_seen(attest(&a), 1, 0x0107);
	fixed(&a)->head.slot_count = 0;
	assert_seen(attest(&a), 1, 0x0108);
	fixed(&a)->head.slot_count = 1;
	fixed(&a)->head.area_size = be32(80);
	assert_seen(attest(&a), 1, 0x0109);
	fixed(&a)->head.area_size = be32(17);
	assert_seen(attest(&a), 1, 0x0109);
	fixed(&a)->head.area_size = be32(64);
	fixed(&a)->flags = be64(~f->world.generation.attestation_flags);
	assert_seen(attest(&a), 1, 0x010a);
	fixed(&a)->flags = be64(ATTEST_IMAGE_PHKH);
	fixed(&a)->algorithm = be32(0);
	assert_seen(attest(&a), 1, 0x010b);
	fixed(&a)->algorithm = be32(1);
	assert_seen_reason(attest(&a), 1, 0x010c, UV_RRC_NO_MATCHING_SLOT);
	a.block.measurement_size = be32(0);
	assert_seen(attest(&a), 1, 0x010d);
	a.block.measurement_size = be32(64);
	a.block.additional_size = be32(0);
	assert_seen(attest(&a), 1, 0x010e);
	assert_nothing_told(&a);
	world_arcb_free(&a.arcb);
}

/* Everything is wrong at once; what is told is put right, and the next is told. */
static void checks_come_in_order(void **state)
{
	struct fixture *f = *state;
	struct attester a;
	uint8_t good[WORLD_ARCB_MAX_SIZE];

	begin(&a, f, ALL_FLAGS);
	memcpy(good, a.arcb.bytes, sizeof(good));
	a.block.continuation_token = be64(1);
	a.block.user_size = be16(0xffff);
	a.block.arcb = be64(UINT64_MAX - 100);
	a.block.measurement_size = be32(63);
	a.block.additional_size = be32(127);
	a.block.measurement = be64(FIXTURE_STORAGE - 63);
	a.block.additional = be64(FIXTURE_STORAGE - 127);
	fixed(&a)->head.version = be32(0x200);
	fixed(&a)->head.slot_count = 0;
	fixed(&a)->flags = be64(UINT64_MAX);
	fixed(&a)->algorithm = be32(2);
	fixed(&a)->head.area_size = be32(81);
	fixed(&a)->head.size = be32(0);
	a.arcb.bytes[a.arcb.size - 1] ^= 1;

	assert_seen(attest(&a), 1, 0x0101);
	a.block.continuation_token = be64(0);
	assert_seen(attest(&a), 1, 0x0102);
	a.block.user_size = be16(256);
	assert_seen(attest(&a), 1, 0x0103);
	a.block.arcb = be64(ARCB_AT);
	assert_seen(attest(&a), 1, 0x0106);
	fixed(&a)->head.version = be32(0x100);
	assert_seen(attest(&a), 1, 0x0108);
	fixed(&a)->head.slot_count = 1;
	assert_seen(attest(&a), 1, 0x010a);
	fixed(&a)->flags = be64(ALL_FLAGS);
	assert_seen(attest(&a), 1, 0x010b);
	fixed(&a)->algorithm = be32(1);
	assert_seen(attest(&a), 1, 0x0109);
	fixed(&a)->head.area_size = be32(80);
	assert_seen(attest(&a), 1, 0x0107);
	fixed(&a)->head.size = be32(400);
	assert_seen(attest(&a), 1, 0x010d);
	a.block.measurement_size = be32(64);
	assert_seen(attest(&a), 1, 0x010e);
	a.block.additional_size = be32(128);
	assert_seen_reason(attest(&a), 1, 0x010c, UV_RRC_REQUEST_TAG);
	a.arcb.bytes[a.arcb.size - 1] ^= 1;
	assert_memory_equal(a.arcb.bytes, good, a.arcb.size);
	assert_seen(attest(&a), 1, 0x0104);
	assert_nothing_told(&a);
	a.block.measurement = be64(MEASUREMENT_AT);
	assert_seen(attest(&a), 1, 0x0105);
	a.block.additional = be64(ADDITIONAL_AT);
	assert_seen(attest(&a), 0, 0x0001);
	assert_measured(&a);
	world_arcb_free(&a.arcb);
}

static void other_kinds_of_request(void **state)
{
	struct fixture *f = *state;
	struct attester a;

	begin(&a, f, ATTEST_NONCE);
	memcpy(fixed(&a)->head.magic, ASRCB_MAGIC, ASRCB_MAGIC_SIZE);
	assert_seen_reason(attest(&a), 1, 0x0106, UV_RRC_REQUEST_MAGIC);
	world_arcb_seal(&a.arcb);
	f->world.generation.attestation_versions = 0;
	assert_seen(attest(&a), 1, 0x0106);
	assert_nothing_told(&a);
	world_arcb_free(&a.arcb);
}

/* The fixed part can be read, the rest cannot. */
static void request_ends_with_storage(void **state)
{
	struct fixture *f = *state;
	uint64_t at = FIXTURE_STORAGE - sizeof(struct arcb_fixed);
	struct attester a;

	begin(&a, f, ATTEST_NONCE);
	a.block.arcb = be64(at);
	memcpy(f->world.storage + at, a.arcb.bytes, sizeof(struct arcb_fixed));
	assert_seen(attest(&a), 1, 0x0103);
	a.block.arcb = be64(FIXTURE_STORAGE - a.arcb.size);
	memcpy(f->world.storage + FIXTURE_STORAGE - a.arcb.size, a.arcb.bytes, a.arcb.size);
	assert_seen(attest(&a), 0, 0x0001);
	world_arcb_free(&a.arcb);
}

/* Any changed bit behind the head, which has its own codes, makes it unreadable. */
static void changed_requests_stay_shut(void **state)
{
	struct fixture *f = *state;
	struct attester a;

	begin(&a, f, ATTEST_NONCE);
	for (size_t i = 0x40; i < a.arcb.size; i++) {
		struct seen seen;

		a.arcb.bytes[i] ^= 0x10;
		seen = attest(&a);
		a.arcb.bytes[i] ^= 0x10;
		assert_int_equal(seen.rc, 0x010c);
		assert_true(seen.rrc == UV_RRC_REQUEST_TAG ||
			    seen.rrc == UV_RRC_CUSTOMER_KEY ||
			    seen.rrc == UV_RRC_NO_MATCHING_SLOT);
		assert_int_equal(seen.stored, UVCB_HEADER_SIZE);
	}
	assert_nothing_told(&a);
	memset(fixed(&a)->customer_key, 0, EC_COORD_SIZE);
	assert_seen_reason(attest(&a), 1, 0x010c, UV_RRC_CUSTOMER_KEY);
	world_arcb_free(&a.arcb);
}

/* A slot for the hash of nothing is not one for a machine without keys. */
static void machine_without_host_key(void **state)
{
	struct fixture *f = *state;
	struct configuration *c;
	struct attester a;

	world_restart(&f->world, WITHOUT_KEYS);
	begin(&a, f, ATTEST_NONCE);
	memset(a.arcb.bytes + sizeof(struct arcb_fixed), 0, PHKH_SIZE);
	/* No image starts on such a machine. */
	c = configuration_lock(UV(f));
	c->phase = UV_PHASE_VERIFIED;
	configuration_unlock(f->world.uv, c);
	assert_seen_reason(attest(&a), 1, 0x010c, UV_RRC_NO_MATCHING_SLOT);
	assert_nothing_told(&a);
	world_arcb_free(&a.arcb);
}

/* A guest whose storage changes after it was read for the first time. */
struct shifty {
	struct fixture *f;
	unsigned reads;
};

static bool shifty_read(void *vcpu, uint64_t address, void *data, size_t size)
{
	struct shifty *shifty = vcpu;
	struct arcb_fixed *arcb = (struct arcb_fixed *)(shifty->f->world.storage + ARCB_AT);

	memcpy(data, shifty->f->world.storage + address, size);
	if (shifty->reads++ == 0) {
		arcb->head.size = be32(0xffff);
		arcb->head.slot_count = 200;
		arcb->flags = be64(0);
	}
	return true;
}

static bool shifty_write(void *vcpu, uint64_t address, const void *data, size_t size)
{
	struct shifty *shifty = vcpu;

	memcpy(shifty->f->world.storage + address, data, size);
	return true;
}

static void what_was_checked_is_used(void **state)
{
	struct fixture *f = *state;
	struct shifty shifty = { .f = f };
	struct uv_access access = { shifty_read, shifty_write, &shifty };
	struct attester a;
	size_t stored;

	begin(&a, f, ALL_FLAGS);
	memcpy(f->world.storage + ARCB_AT, a.arcb.bytes, a.arcb.size);
	assert_int_equal(uv_guest_call(UV(f), (uint8_t *)&a.block, sizeof(a.block),
				       &access, &stored),
			 0);
	assert_int_equal(shifty.reads, 2);
	assert_measured(&a);
	world_arcb_free(&a.arcb);
}

/* --- Generations ----------------------------------------------------------- */

static void generations_differ(void **state)
{
	struct fixture *f = *state;
	struct attester a;

	begin(&a, f, ALL_FLAGS);
	restart_as(f, "z15");
	assert_seen(attest(&a), 1, 0x0002);
	assert_nothing_told(&a);
	restart_as(f, "z16");
	assert_seen(attest(&a), 0, 0x0001);
	restart_as(f, "z17");
	assert_seen(attest(&a), 0, 0x0001);
	/* No generation has the firmware state. */
	fixed(&a)->flags = be64(ALL_FLAGS | ATTEST_FIRMWARE_STATE);
	assert_seen(attest(&a), 1, 0x010a);
	world_arcb_free(&a.arcb);
}

/* --- Requests of IBM's tools, and the trace -------------------------------- */

/* Sound in every respect; only made for another machine. */
static void ibm_request(void **state)
{
	const char *assets = fixture_ibm_assets();
	struct attester a;
	uint8_t *bytes;
	char path[256];
	void *f;

	(void)state; /* the scratch folder of fixture_ibm_assets() */
	if (!assets)
		skip();
	fixture_setup_running(&f);
	begin(&a, f, ATTEST_NONCE | ATTEST_IMAGE_PHKH | ATTEST_REQUEST_PHKH);
	snprintf(path, sizeof(path), "%s/exp/arcb.bin", assets);
	bytes = fixture_read(path, &a.arcb.size);
	memcpy(a.arcb.bytes, bytes, a.arcb.size);
	free(bytes);
	assert_seen_reason(attest(&a), 1, 0x010c, UV_RRC_NO_MATCHING_SLOT);
	world_arcb_free(&a.arcb);
	fixture_teardown(&f);
}

static void traced_without_content(void **state)
{
	struct fixture *f = *state;
	struct attester a;

	begin(&a, f, ALL_FLAGS);
	attest(&a);
	assert_traced(f, "{\"call\":\"attest\",\"code\":\"0x1020\",\"by\":\"guest\","
			 "\"configuration\":1,\"address\":\"0000000000002000\","
			 "\"size\":400,\"rc\":\"0x0001\",\"rrc\":\"0x0000\",\"cc\":0,"
			 "\"time\":");
	world_arcb_free(&a.arcb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		while_running(measures_with_each_set_of_flags),
		while_running(tells_additional_data_in_order),
		while_running(measures_user_data),
		while_running(larger_buffers_are_fine),
		while_running(backup_host_key_opens_requests),
		while_running(each_instance_has_its_cuid),
		while_running(refuses_as_real_machines_do),
		while_running(checks_come_in_order),
		while_running(other_kinds_of_request),
		while_running(request_ends_with_storage),
		while_running(changed_requests_stay_shut),
		while_running(machine_without_host_key),
		while_running(what_was_checked_is_used),
		while_running(generations_differ),
		cmocka_unit_test_setup_teardown(ibm_request, enter_folder, leave_folder),
		while_running(traced_without_content),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
