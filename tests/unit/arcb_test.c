/* SPDX-License-Identifier: MIT */
/* Attestation requests: made, taken apart, opened; measurements. */
#include "unit.h"

#include "folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attestation_fixture.h"
#include "base/file.h"
#include "hostkey/hostkey.h"
#include "image_fixture.h"

/* --- the published vector ---------------------------------------------------- */

static void builds_the_vector(void **state)
{
	const struct vector *v = *state;

	assert_hex(v->phkh, PHKH_SIZE,
		   "ac72b1913adaf8ef21f28d3b5b28ce98da0cc6ef0c4140537e45ff2a37590ac5");
	assert_hex(v->arcb, 0x30,
		   "00000000000000000000010000000190e1f9e6203c85de0adfb1a1ab00000000"
		   "00000000000000010000000000000050");
	assert_sha256(v->arcb, sizeof(v->arcb),
		      "39e905e5e14a3e32c0727bdff3cf06272be230c83ec29cd683643ec1407c21af");
}

static void opens_for_owner_and_host(void **state)
{
	const struct vector *v = *state;
	struct secret *area;
	struct arcb arcb;
	struct error err;

	assert_ok(arcb_parse(&arcb, v->arcb, sizeof(v->arcb), ATTEST_KNOWN, NULL, &err), &err);
	assert_int_equal(arcb.slot_count, 1);
	assert_true(arcb.flags == VECTOR_FLAGS);
	assert_ok(arcb_open(&area, &arcb, secret_view(v->keys.protection), &err), &err);
	assert_int_equal(secret_size(area), sizeof(v->area));
	assert_memory_equal(secret_view(area), &v->area, sizeof(v->area));
	secret_free(area);
	assert_ok(arcb_open_as_host(&area, &arcb, v->host, v->phkh, &err), &err);
	assert_memory_equal(secret_view(area), &v->area, sizeof(v->area));
	secret_free(area);
}

static void measures_the_vector(void **state)
{
	const struct vector *v = *state;

	assert_hex(v->measurement, sizeof(v->measurement),
		   "528304cac3aa3a7f9032bd4b65d59f39ef6092c732ba3194e814a64210970bf9"
		   "2193909e7fcb1304092cffb21a6a1bd3c5faebac1f224835fe6750bed5c1d13e");
	assert_hex(v->additional + 64, 64,
		   "90c0306149f4bd09507052329b736acea4a55d271c15ac27f61c2c3b0d6fe7fb"
		   "68eeac28ba103277365ade8b556fcaefe9849480391a1c25662a5c609d7df387");
}

/* Inputs and results as in the tests of s390-tools, rust/pv/src/uvattest/attest.rs. */
static void measures_as_others_do(void **state)
{
	uint8_t key[ARCB_KEY_SIZE], cuid[16], user[256], nonce[16], additional[128];
	uint8_t measurement[MEASUREMENT_SIZE];
	struct image_tags image;
	struct measurement_input input = { .image = &image, .cuid = cuid };
	struct error err;

	(void)state;
	memset(key, 0x41, sizeof(key));
	memset(image.digests.pld, 1, 64);
	memset(image.digests.ald, 2, 64);
	memset(image.digests.tld, 3, 64);
	memset(image.tag, 4, 16);
	memset(cuid, 5, sizeof(cuid));
	memset(user, 7, sizeof(user));
	memset(nonce, 8, sizeof(nonce));
	memset(additional, 9, sizeof(additional));
	assert_ok(measurement_compute(measurement, key, &input, &err), &err);
	assert_hex(measurement, 4, "c5c34c93");
	assert_hex(measurement + 61, 3, "22847f");
	input.user_data = user;
	input.user_size = sizeof(user);
	input.nonce = nonce;
	input.additional = additional;
	input.additional_size = sizeof(additional);
	assert_ok(measurement_compute(measurement, key, &input, &err), &err);
	assert_hex(measurement, 4, "88794c62");
	assert_hex(measurement + 61, 3, "f3a675");
}

/* Every part of the message counts. */
static void measures_each_part(void **state)
{
	struct vector *v = *state;
	uint8_t *const parts[] = {
		v->image.digests.pld, v->image.digests.ald, v->image.digests.tld,
		v->image.tag, v->cuid, v->additional, v->area.nonce,
		v->area.measurement_key,
	};
	uint8_t before[MEASUREMENT_SIZE];

	memcpy(before, v->measurement, sizeof(before));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		parts[i][15] ^= 0x10;
		vector_respond(v, VECTOR_USER_DATA, strlen(VECTOR_USER_DATA));
		assert_memory_not_equal(v->measurement, before, sizeof(before));
		parts[i][15] ^= 0x10;
	}
	vector_respond(v, VECTOR_USER_DATA "!", strlen(VECTOR_USER_DATA) + 1);
	assert_memory_not_equal(v->measurement, before, sizeof(before));
	vector_respond(v, VECTOR_USER_DATA, strlen(VECTOR_USER_DATA));
	assert_memory_equal(v->measurement, before, sizeof(before));
}

static void refuses_too_much_data(void **state)
{
	struct vector *v = *state;
	struct measurement_input input = {
		.image = &v->image, .cuid = v->cuid,
		.user_data = v->arcb, .user_size = ATTEST_USER_DATA_MAX + 1,
	};
	uint8_t measurement[MEASUREMENT_SIZE];
	struct error err;

	assert_int_equal(measurement_compute(measurement, v->area.measurement_key,
					     &input, &err), ERR_INVALID);
	input.user_size = 0;
	input.additional_size = ATTEST_ADDITIONAL_MAX + 1;
	assert_int_equal(measurement_compute(measurement, v->area.measurement_key,
					     &input, &err), ERR_INVALID);
}

static void hashes_an_empty_store(void **state)
{
	uint8_t hash[ATTEST_STORE_HASH_SIZE];
	struct error err;

	(void)state;
	assert_ok(store_hash_compute(hash, NULL, 0, true, &err), &err);
	assert_hex(hash, 4, "7b54b668");
	assert_ok(store_hash_compute(hash, NULL, 0, false, &err), &err);
	assert_hex(hash, 4, "b8244d02");
}

/* --- refusals ------------------------------------------------------------------ */

static void stays_shut(void **state)
{
	struct vector *v = *state;
	EVP_PKEY *stranger = vector_key("a stranger");
	uint8_t other[GCM_KEY_SIZE] = { 1 }, phkh[PHKH_SIZE];
	struct secret *area;
	struct arcb arcb;
	struct error err;

	assert_ok(ec_phkh(phkh, stranger, &err), &err);
	assert_ok(arcb_parse(&arcb, v->arcb, sizeof(v->arcb), ATTEST_KNOWN, NULL, &err), &err);
	assert_int_equal(arcb_open(&area, &arcb, other, &err), ERR_AUTH);
	assert_null(area);
	assert_int_equal(arcb_open_as_host(&area, &arcb, stranger, phkh, &err),
			 ERR_NOT_FOUND);
	assert_null(area);
	/* A slot that claims to be somebody else's. */
	assert_int_equal(arcb_open_as_host(&area, &arcb, stranger, v->phkh, &err), ERR_AUTH);
	assert_null(area);
	EVP_PKEY_free(stranger);
}

/* One flipped bit anywhere is noticed, by the form or by the tag. */
static void notices_every_change(void **state)
{
	struct vector *v = *state;
	struct secret *area;
	struct arcb arcb;
	struct error err;

	for (size_t bit = 0; bit < 8 * sizeof(v->arcb); bit += 3) {
		v->arcb[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (arcb_parse(&arcb, v->arcb, sizeof(v->arcb), UINT64_MAX, NULL, &err) == 0) {
			assert_int_equal(arcb_open(&area, &arcb,
						   secret_view(v->keys.protection), &err),
					 ERR_AUTH);
			assert_null(area);
		}
		v->arcb[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

/* A customer key that is no point, under slots and tag that nobody checks before. */
static void refuses_a_bad_customer_key(void **state)
{
	struct vector *v = *state;
	struct secret *area;
	struct arcb arcb;
	struct error err;

	v->arcb[0x40] = 1; /* padding */
	assert_ok(arcb_parse(&arcb, v->arcb, sizeof(v->arcb), ATTEST_KNOWN, NULL, &err), &err);
	assert_int_equal(arcb_open_as_host(&area, &arcb, v->host, v->phkh, &err), ERR_FORMAT);
	assert_null(area);
	memset(v->arcb + 0x40, 0, EC_COORD_SIZE); /* infinity */
	assert_int_equal(arcb_open_as_host(&area, &arcb, v->host, v->phkh, &err), ERR_FORMAT);
}

struct defect_case {
	enum request_defect defect;
	int code;
	size_t offset;
	unsigned value; /* put into the byte at offset */
};

static void names_each_defect(void **state)
{
	static const struct defect_case cases[] = {
		{ REQUEST_BAD_MAGIC, ERR_FORMAT, 0x00, 'a' },
		{ REQUEST_BAD_MAGIC, ERR_FORMAT, 0x07, 1 },
		{ REQUEST_BAD_VERSION, ERR_UNSUPPORTED, 0x0a, 2 },
		{ REQUEST_BAD_VERSION, ERR_UNSUPPORTED, 0x08, 1 },
		{ REQUEST_NO_SLOTS, ERR_FORMAT, 0x27, 0 },
		{ REQUEST_BAD_FLAGS, ERR_UNSUPPORTED, 0x30, 0xf8 },
		{ REQUEST_BAD_FLAGS, ERR_UNSUPPORTED, 0x37, 1 },
		{ REQUEST_BAD_ALGORITHM, ERR_UNSUPPORTED, 0x3b, 0 },
		{ REQUEST_BAD_ALGORITHM, ERR_UNSUPPORTED, 0x38, 1 },
		{ REQUEST_BAD_AREA_SIZE, ERR_FORMAT, 0x2f, 64 },
		{ REQUEST_BAD_AREA_SIZE, ERR_FORMAT, 0x2c, 0xff },
		{ REQUEST_BAD_AREA_SIZE, ERR_FORMAT, 0x30, 0x38 }, /* no nonce flag */
		{ REQUEST_BAD_SIZE, ERR_FORMAT, 0x0f, 0x91 },
		{ REQUEST_BAD_SIZE, ERR_FORMAT, 0x0c, 0xff },
		{ REQUEST_BAD_SIZE, ERR_FORMAT, 0x27, 2 },
		{ REQUEST_BAD_SIZE, ERR_FORMAT, 0x27, 255 },
	};
	struct vector *v = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t *at = &v->arcb[cases[i].offset], kept = *at;
		enum request_defect defect;
		struct arcb arcb;
		struct error err;

		*at = (uint8_t)cases[i].value;
		assert_int_equal(arcb_parse(&arcb, v->arcb, sizeof(v->arcb), ATTEST_KNOWN,
					    &defect, &err), cases[i].code);
		assert_int_equal(defect, cases[i].defect);
		assert_true(err.message[0] && err.cause[0]);
		*at = kept;
	}
}

/* Whatever is missing, from nothing at all to the last byte; and one too many. */
static void notices_truncation(void **state)
{
	struct vector *v = *state;
	enum request_defect defect;
	struct arcb arcb;
	struct error err;
	uint8_t *copy;

	for (size_t size = 0; size < sizeof(v->arcb); size++) {
		copy = malloc(size + 1); /* exact, so that a sanitizer sees a read behind it */
		assert_non_null(copy);
		memcpy(copy, v->arcb, size);
		assert_int_equal(arcb_parse(&arcb, copy, size, ATTEST_KNOWN, &defect, &err),
				 ERR_FORMAT);
		assert_int_equal(defect, size < sizeof(struct arcb_fixed) ?
				 REQUEST_TRUNCATED : REQUEST_BAD_SIZE);
		free(copy);
	}
	copy = calloc(1, sizeof(v->arcb) + 1);
	assert_non_null(copy);
	memcpy(copy, v->arcb, sizeof(v->arcb));
	assert_int_equal(arcb_parse(&arcb, copy, sizeof(v->arcb) + 1, ATTEST_KNOWN, &defect,
				    &err), ERR_FORMAT);
	assert_int_equal(defect, REQUEST_BAD_SIZE);
	free(copy);
}

/* --- making requests -------------------------------------------------------------- */

static void makes_fresh_requests(void **state)
{
	struct vector *v = *state;
	struct arcb_request first, second;
	struct secret *area;
	struct arcb arcb;
	struct error err;

	assert_ok(arcb_request_new(&first, &v->hosts, ATTEST_IMAGE_PHKH, &err), &err);
	assert_ok(arcb_request_new(&second, &v->hosts, ATTEST_IMAGE_PHKH, &err), &err);
	assert_int_equal(first.size, arcb_size(1, ATTEST_NONCE));
	assert_false(secret_equal(first.protection_key, second.protection_key));
	/* IV, customer key, slot, area, tag */
	assert_memory_not_equal(first.bytes + 0x10, second.bytes + 0x10, GCM_IV_SIZE);
	assert_memory_not_equal(first.bytes + 0x40, second.bytes + 0x40, EC_COORD_SIZE);
	assert_ok(arcb_parse(&arcb, first.bytes, first.size, ATTEST_KNOWN, NULL, &err), &err);
	assert_true(arcb.flags == (ATTEST_NONCE | ATTEST_IMAGE_PHKH));
	assert_ok(arcb_open_as_host(&area, &arcb, v->host, v->phkh, &err), &err);
	secret_free(area);
	assert_int_equal(arcb_open(&area, &arcb, secret_view(second.protection_key), &err),
			 ERR_AUTH);
	arcb_request_free(&first);
	arcb_request_free(&second);
}

static void makes_requests_without_nonce(void **state)
{
	struct vector *v = *state;
	uint8_t bytes[384];
	struct secret *area;
	struct arcb arcb;
	struct error err;

	v->input.flags = 0;
	assert_int_equal(arcb_size(1, 0), sizeof(bytes));
	assert_ok(arcb_build(bytes, &v->input, &err), &err);
	assert_ok(arcb_parse(&arcb, bytes, sizeof(bytes), ATTEST_KNOWN, NULL, &err), &err);
	assert_ok(arcb_open_as_host(&area, &arcb, v->host, v->phkh, &err), &err);
	assert_memory_equal(secret_view(area), v->area.measurement_key, ARCB_KEY_SIZE);
	for (size_t i = ARCB_KEY_SIZE; i < secret_size(area); i++)
		assert_int_equal(secret_view(area)[i], 0);
	secret_free(area);
}

/* The most slots there can be; each host opens with its own. */
static void makes_requests_for_many(void **state)
{
	struct vector *v = *state;
	EVP_PKEY *other = vector_key("another host"), *keys[REQUEST_MAX_SLOTS + 1];
	struct request_hosts hosts = { keys, REQUEST_MAX_SLOTS };
	uint8_t phkh[PHKH_SIZE];
	struct arcb_request request;
	struct secret *area;
	struct arcb arcb;
	struct error err;

	for (size_t i = 0; i <= REQUEST_MAX_SLOTS; i++)
		keys[i] = v->host;
	keys[REQUEST_MAX_SLOTS - 1] = other;
	assert_ok(ec_phkh(phkh, other, &err), &err);
	assert_ok(arcb_request_new(&request, &hosts, 0, &err), &err);
	assert_int_equal(request.size, 0x190 + 254 * 80);
	assert_ok(arcb_parse(&arcb, request.bytes, request.size, ATTEST_KNOWN, NULL, &err),
		  &err);
	assert_ok(arcb_open_as_host(&area, &arcb, other, phkh, &err), &err);
	secret_free(area);
	arcb_request_free(&request);
	hosts.count = REQUEST_MAX_SLOTS + 1;
	assert_int_equal(arcb_request_new(&request, &hosts, 0, &err), ERR_INVALID);
	assert_null(request.bytes);
	hosts.count = 0;
	assert_int_equal(arcb_request_new(&request, &hosts, 0, &err), ERR_INVALID);
	EVP_PKEY_free(other);
}

/* --- additional data ---------------------------------------------------------------- */

static void sizes_additional_data(void **state)
{
	(void)state;
	assert_int_equal(additional_size(0), 0);
	assert_int_equal(additional_size(ATTEST_NONCE), 0);
	assert_int_equal(additional_size(ATTEST_IMAGE_PHKH), 32);
	assert_int_equal(additional_size(ATTEST_REQUEST_PHKH), 32);
	assert_int_equal(additional_size(ATTEST_STORE_HASH), 64);
	assert_int_equal(additional_size(ATTEST_FIRMWARE_STATE), 320);
	assert_int_equal(additional_size(UINT64_MAX), 448);
}

/* Every set of flags puts each item where it belongs; one byte less is noticed. */
static void takes_additional_data_apart(void **state)
{
	uint8_t bytes[500] = { 0 };
	struct error err;

	(void)state;
	for (unsigned set = 0; set < 16; set++) {
		uint64_t flags = (uint64_t)set << 58;
		size_t size = additional_size(flags), at = 0;
		struct additional_data data;

		assert_ok(additional_parse(&data, flags, bytes, size, &err), &err);
		for (size_t i = 0; i < ADDITIONAL_ITEMS; i++) {
			bool asked = flags & additional_kinds[i].flag;

			assert_ptr_equal(data.items[i], asked ? bytes + at : NULL);
			at += asked ? additional_kinds[i].size : 0;
		}
		assert_int_equal(data.unrecognized_size, 0);
		assert_ok(additional_parse(&data, flags, bytes, size + 7, &err), &err);
		assert_ptr_equal(data.unrecognized, bytes + size);
		assert_int_equal(data.unrecognized_size, 7);
		if (set)
			assert_int_equal(additional_parse(&data, flags, bytes, size - 1, &err),
					 ERR_FORMAT);
	}
}

/* --- fixtures of IBM's tools ------------------------------------------------------- */

/*
 * Their known request: keys, IV, measurement key and nonce are fixed, so ours has
 * to come out the same, byte for byte.
 */
static void builds_ibm_request(void **state)
{
	const char *assets = fixture_ibm_assets();
	struct request_keys keys = { .protection = secret_new(GCM_KEY_SIZE) };
	struct arcb_area area;
	struct arcb_input input = {
		.flags = ATTEST_NONCE | ATTEST_IMAGE_PHKH | ATTEST_REQUEST_PHKH,
		.keys = &keys, .area = &area,
	};
	uint8_t *scalar, *expected, bytes[VECTOR_ARCB_SIZE];
	struct hostkey *host;
	struct error err;
	char path[256];
	size_t size;

	(void)state;
	if (!assets)
		skip();
	snprintf(path, sizeof(path), "%s/keys/private_cust.bin", assets);
	scalar = fixture_read(path, &size);
	assert_ok(ec_from_scalar(&keys.customer, scalar + size - EC_SCALAR_SIZE, &err), &err);
	free(scalar);
	snprintf(path, sizeof(path), "%s/keys/host.pem.crt", assets);
	assert_ok(hostkey_load(&host, path, NULL, &err), &err);
	memset(secret_bytes(keys.protection), 0x17, GCM_KEY_SIZE);
	memset(keys.iv, 0x55, sizeof(keys.iv));
	memset(area.measurement_key, 0x77, sizeof(area.measurement_key));
	memset(area.nonce, 0xab, sizeof(area.nonce));
	input.hosts = (struct request_hosts){ &host->key, 1 };
	assert_ok(arcb_build(bytes, &input, &err), &err);
	snprintf(path, sizeof(path), "%s/exp/arcb.bin", assets);
	expected = fixture_read(path, &size);
	assert_int_equal(size, sizeof(bytes));
	assert_memory_equal(bytes, expected, size);
	free(expected);
	hostkey_free(host);
	request_keys_free(&keys);
}

#define WITH_VECTOR(test) cmocka_unit_test_setup_teardown(test, vector_setup, vector_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_VECTOR(builds_the_vector),
		WITH_VECTOR(opens_for_owner_and_host),
		WITH_VECTOR(measures_the_vector),
		cmocka_unit_test(measures_as_others_do),
		WITH_VECTOR(measures_each_part),
		WITH_VECTOR(refuses_too_much_data),
		cmocka_unit_test(hashes_an_empty_store),
		WITH_VECTOR(stays_shut),
		WITH_VECTOR(notices_every_change),
		WITH_VECTOR(refuses_a_bad_customer_key),
		WITH_VECTOR(names_each_defect),
		WITH_VECTOR(notices_truncation),
		WITH_VECTOR(makes_fresh_requests),
		WITH_VECTOR(makes_requests_without_nonce),
		WITH_VECTOR(makes_requests_for_many),
		cmocka_unit_test(sizes_additional_data),
		cmocka_unit_test(takes_additional_data_apart),
		cmocka_unit_test_setup_teardown(builds_ibm_request, enter_folder,
						leave_folder),
	};

	return cmocka_run_group_tests_name("arcb", tests, NULL, NULL);
}
