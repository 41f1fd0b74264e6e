/* SPDX-License-Identifier: MIT */
/* The secret store: what becomes of added secrets; listing, locking, retrieving. */
#include "ultravisor_secrets.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "attestation/measurement.h"
#include "image/control_flags.h"

/* --- Each type ------------------------------------------------------------- */

static const struct {
	uint16_t type;
	size_t size, retrieved; /* bytes */
} retrievable[] = {
	{ SECRET_AES_128, 16, 48 },	 { SECRET_AES_192, 24, 56 },
	{ SECRET_AES_256, 32, 64 },	 { SECRET_AES_XTS_128, 32, 64 },
	{ SECRET_AES_XTS_256, 64, 96 },	 { SECRET_HMAC_SHA_256, 64, 96 },
	{ SECRET_HMAC_SHA_512, 128, 160 }, { SECRET_EC_P256, 32, 64 },
	{ SECRET_EC_P384, 48, 80 },	 { SECRET_EC_P521, 80, 112 },
	{ SECRET_EC_ED25519, 32, 64 },	 { SECRET_EC_ED448, 64, 96 },
	{ SECRET_PLAINTEXT, 16, 16 },	 { SECRET_PLAINTEXT, 8192, 8192 },
};

#define RETRIEVABLES (sizeof(retrievable) / sizeof(retrievable[0]))

/* What a CPU with the configuration's wrapping key makes of a protected key. */
static void assert_unwraps(struct fixture *f, uint16_t type, const uint8_t *blob,
			   const uint8_t *value, size_t size)
{
	struct configuration *c = configuration_lock(UV(f));
	const struct wrapping_key *wrapping = &configuration_keys(c)->wrapping_key;
	uint8_t tweak[XTS_TWEAK_SIZE] = { [15] = (uint8_t)type }, plain[SECRET_MAX_SIZE];
	struct error err;
	struct xts *xts;

	assert_memory_equal(blob + size, wrapping->pattern, sizeof(wrapping->pattern));
	assert_memory_not_equal(blob, value, size);
	assert_ok(xts_new(&xts, wrapping->key, XTS_DECRYPT, &err), &err);
	assert_ok(xts_unit(xts, tweak, blob, plain, size, &err), &err);
	assert_memory_equal(plain, value, size);
	xts_free(xts);
	configuration_unlock(f->world.uv, c);
}

static void every_type_is_listed_and_retrieved(void **state)
{
	struct fixture *f = *state;

	f->world.generation.max_retrievable_secrets = RETRIEVABLES;
	for (size_t i = 0; i < RETRIEVABLES; i++)
		assert_seen(add_type(f, retrievable[i].type, retrievable[i].size, i), 0, 1);
	assert_counts(f, RETRIEVABLES, 0, RETRIEVABLES);
	for (uint16_t i = 0; i < RETRIEVABLES; i++) {
		uint32_t size = (uint32_t)retrievable[i].retrieved;
		uint8_t value[SECRET_MAX_SIZE], id[SECRET_ID_SIZE];
		struct secret_list found = list(f, i, 0, 1);

		world_fill(id, sizeof(id), i);
		world_fill(value, retrievable[i].size, (uint64_t)i + 1);
		assert_int_equal(be16_get(found.entries[0].index), i);
		assert_int_equal(be16_get(found.entries[0].type), retrievable[i].type);
		assert_int_equal(be32_get(found.entries[0].size), size);
		assert_memory_equal(found.entries[0].id, id, sizeof(id));

		assert_seen(retrieve(f, i, size - 1), 1, 0x0109);
		assert_int_equal(buffer(f)[0], 0xee);
		assert_seen(retrieve(f, i, size), 0, 0x0001);
		assert_int_equal(buffer(f)[size], 0xee);
		if (retrievable[i].type == SECRET_PLAINTEXT)
			assert_memory_equal(buffer(f), value, size);
		else
			assert_unwraps(f, retrievable[i].type, buffer(f), value,
				       retrievable[i].size);
	}
}

static void association_is_listed_only(void **state)
{
	struct fixture *f = *state;
	struct secret_list found;

	assert_seen(add_association(f, 7), 0, 0x0001);
	found = list(f, 0, 0, 0x0001);
	assert_int_equal(found.count, 1);
	assert_int_equal(be16_get(found.entries[0].type), SECRET_ASSOCIATION);
	assert_int_equal(be32_get(found.entries[0].size), 32);
	assert_seen(retrieve(f, 0, 4096), 1, 0x0111);
	assert_int_equal(buffer(f)[0], 0xee);
}

static void meta_leaves_only_its_tag(void **state)
{
	struct fixture *f = *state;
	struct secret_list found;

	assert_seen(add_type(f, SECRET_META, 0, 0), 0, 0x0001);
	assert_seen(add_type(f, SECRET_META, 0, 0), 0, 0x0001);
	assert_counts(f, 2, 0, 0);
	found = list(f, 0, 0, 0x0001);
	assert_int_equal(found.count, 0);
	assert_int_equal(be16_get(found.header->total), 0);
	assert_seen(retrieve(f, 0, 4096), 1, 0x010f);
}

/* The same key of two guests, or as two types, does not look the same. */
static void wrapping_depends_on_guest_and_type(void **state)
{
	struct fixture *f = *state;
	uint8_t blob[3][64];

	assert_seen(add_type(f, SECRET_AES_256, 32, 5), 0, 0x0001);
	assert_seen(add_type(f, SECRET_EC_P256, 32, 5), 0, 0x0001);
	for (uint16_t i = 0; i < 2; i++) {
		assert_seen(retrieve(f, i, 64), 0, 0x0001);
		memcpy(blob[i], buffer(f), 64);
	}
	world_renew(&f->world);
	assert_executed(world_boot(&f->world, &f->image));
	assert_seen(add_type(f, SECRET_AES_256, 32, 5), 0, 0x0001);
	assert_seen(retrieve(f, 0, 64), 0, 0x0001);
	memcpy(blob[2], buffer(f), 64);
	assert_memory_not_equal(blob[0], blob[1], 32);
	assert_memory_not_equal(blob[0], blob[2], 32);
	assert_memory_equal(blob[0] + 32, blob[1] + 32, 32);
	assert_memory_not_equal(blob[0] + 32, blob[2] + 32, 32);
}

/* --- Limits, lists, lock --------------------------------------------------- */

static void fill_with(struct fixture *f, uint16_t type, unsigned limit)
{
	for (unsigned i = 0; i < limit; i++)
		assert_seen(add_type(f, type, 32, i), 0, 0x0001);
	assert_seen(add_type(f, type, 32, 99), 1, 0x010b);
}

/* The two sorts have limits of their own; a meta secret needs no room. */
static void store_fills_up(void **state)
{
	struct fixture *f = *state;

	fill_with(f, SECRET_ASSOCIATION, f->world.generation.max_association_secrets);
	fill_with(f, SECRET_AES_256, f->world.generation.max_retrievable_secrets);
	assert_seen(add_type(f, SECRET_PLAINTEXT, 16, 99), 1, 0x010b);
	assert_seen(add_type(f, SECRET_META, 0, 0), 0, 0x0001);
	assert_counts(f, 31, 20, 10);
	world_renew(&f->world);
	assert_executed(world_boot(&f->world, &f->image));
	fill_with(f, SECRET_AES_256, f->world.generation.max_retrievable_secrets);
	fill_with(f, SECRET_ASSOCIATION, f->world.generation.max_association_secrets);
	assert_counts(f, 30, 20, 10);
}

/* As with real machines, an ID may be there twice. */
static void same_id_twice(void **state)
{
	struct fixture *f = *state;
	struct secret_list found;

	assert_seen(add_association(f, 3), 0, 0x0001);
	assert_seen(add_association(f, 3), 0, 0x0001);
	found = list(f, 0, 0, 0x0001);
	assert_int_equal(found.count, 2);
	assert_memory_equal(found.entries[0].id, found.entries[1].id, SECRET_ID_SIZE);
	assert_int_equal(be16_get(found.entries[1].index), 1);
}

static void number_of_requests_is_limited(void **state)
{
	struct fixture *f = *state;
	struct configuration *c = configuration_lock(UV(f));
	size_t requests = SECRET_STORE_MAX_REQUESTS - 1;

	configuration_unlock(f->world.uv, c);
	c->secrets.tags = calloc(requests, GCM_TAG_SIZE);
	assert_non_null(c->secrets.tags);
	c->secrets.requests = requests;
	assert_seen(add_type(f, SECRET_META, 0, 0), 0, 0x0001);
	assert_seen(add_type(f, SECRET_META, 0, 0), 1, 0x010b);
	assert_counts(f, SECRET_STORE_MAX_REQUESTS, 0, 0);
}

static void long_lists_have_pages(void **state)
{
	static const struct {
		uint16_t start, stored, first, next;
		unsigned cc;
		uint16_t rc;
	} cases[] = {
		{ 0, 85, 0, 85, 1, 0x0100 },	{ 1, 85, 1, 86, 1, 0x0100 },
		{ 85, 85, 85, 170, 1, 0x0100 }, { 90, 85, 90, 175, 1, 0x0100 },
		{ 91, 85, 91, 0, 0, 0x0001 },	{ 170, 6, 170, 0, 0, 0x0001 },
		{ 175, 1, 175, 0, 0, 0x0001 },	{ 176, 0, 0, 0, 0, 0x0001 },
		{ 0xffff, 0, 0, 0, 0, 0x0001 },
	};
	struct fixture *f = *state;

	f->world.generation.max_association_secrets = 200;
	for (unsigned i = 0; i < 176; i++)
		assert_seen(add_association(f, i), 0, 0x0001);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct secret_list found =
			list(f, cases[i].start, cases[i].cc, cases[i].rc);

		assert_int_equal(found.count, cases[i].stored);
		assert_int_equal(be16_get(found.header->total), 176);
		assert_int_equal(be16_get(found.header->next), cases[i].next);
		for (uint16_t j = 0; j < found.count; j++)
			assert_int_equal(be16_get(found.entries[j].index),
					 cases[i].first + j);
	}
}

static void list_without_a_page(void **state)
{
	struct fixture *f = *state;

	assert_seen(list_from(f, 0, FIXTURE_STORAGE - 4095), 1, 0x0031);
	assert_seen(list_from(f, 0, UINT64_MAX - 4095), 1, 0x0031);
	assert_seen(list_from(f, 0, FIXTURE_STORAGE - 4096), 0, 0x0001);
}

static void locked_store_can_be_read(void **state)
{
	struct fixture *f = *state;

	assert_seen(add_type(f, SECRET_PLAINTEXT, 16, 1), 0, 0x0001);
	assert_false(status_of(f).secrets_locked);
	assert_seen(lock(f), 0, 0x0001);
	assert_true(status_of(f).secrets_locked);
	assert_seen(lock(f), 1, 0x0102);
	assert_seen(add_association(f, 1), 1, 0x0102);
	assert_seen(add_type(f, SECRET_META, 0, 0), 1, 0x0102);
	assert_int_equal(list(f, 0, 0, 0x0001).count, 1);
	assert_seen(retrieve(f, 0, 16), 0, 0x0001);
	assert_counts(f, 1, 0, 1);
}

static void retrieve_refusals_in_order(void **state)
{
	struct fixture *f = *state;

	assert_seen(retrieve_to(f, 9, 0, UINT64_MAX), 1, 0x010f);
	assert_seen(add_association(f, 1), 0, 0x0001);
	assert_seen(add_type(f, SECRET_AES_128, 16, 1), 0, 0x0001);
	assert_seen(retrieve_to(f, 9, 0, UINT64_MAX), 1, 0x0110);
	assert_seen(retrieve_to(f, 2, 0, UINT64_MAX), 1, 0x0110);
	assert_seen(retrieve_to(f, 0, 0, UINT64_MAX), 1, 0x0111);
	assert_seen(retrieve_to(f, 1, 47, UINT64_MAX), 1, 0x0109);
	assert_seen(retrieve_to(f, 1, 48, FIXTURE_STORAGE - 47), 1, 0x0102);
	assert_seen(retrieve_to(f, 1, 48, FIXTURE_STORAGE - 48), 0, 0x0001);
}

/* --- Attested hash, life of a store ---------------------------------------- */

static void store_hash(struct fixture *f, uint8_t hash[SHA512_SIZE])
{
	struct configuration *c = configuration_lock(UV(f));

	assert_int_equal(secret_store_hash(&c->secrets, hash), 0);
	configuration_unlock(f->world.uv, c);
}

/* Executed requests count, in their order; refused ones do not. */
static void hash_covers_executed_requests(void **state)
{
	struct fixture *f = *state;
	uint8_t tags[3][GCM_TAG_SIZE], expected[SHA512_SIZE], hash[SHA512_SIZE];
	struct world_asrcb request;
	struct error err;

	world_asrcb_prepare(&f->world, &f->image, &request);
	for (size_t i = 0; i < 3; i++) {
		size_t size;
		uint8_t *bytes = world_asrcb_build(&request, &size);

		memcpy(tags[i], bytes + size - GCM_TAG_SIZE, GCM_TAG_SIZE);
		assert_seen(add_bytes(f, bytes, size), 0, 0x0001);
		bytes[size - 1] ^= 1;
		assert_seen_reason(add_bytes(f, bytes, size), 1, 0x0108, UV_RRC_REQUEST_TAG);
		free(bytes);
	}
	world_asrcb_free(&request);
	store_hash(f, hash);
	assert_ok(store_hash_compute(expected, tags[0], 3, false, &err), &err);
	assert_memory_equal(hash, expected, sizeof(hash));
	lock(f);
	store_hash(f, hash);
	assert_ok(store_hash_compute(expected, tags[0], 3, true, &err), &err);
	assert_memory_equal(hash, expected, sizeof(hash));
}

static void store_does_not_outlive_its_instance(void **state)
{
	struct fixture *f = *state;
	struct uv_status before = status_of(f), after;

	assert_seen(add_association(f, 1), 0, 0x0001);
	assert_seen(add_type(f, SECRET_AES_256, 32, 1), 0, 0x0001);
	assert_seen(lock(f), 0, 0x0001);
	world_renew(&f->world);
	assert_executed(world_boot(&f->world, &f->image));
	after = status_of(f);
	assert_memory_not_equal(before.cuid, after.cuid, sizeof(after.cuid));
	assert_false(after.secrets_locked);
	assert_counts(f, 0, 0, 0);
	assert_int_equal(list(f, 0, 0, 0x0001).count, 0);
	assert_seen(retrieve(f, 0, 4096), 1, 0x010f);
	assert_seen(add_association(f, 1), 0, 0x0001);
}

/* Secrets are mapped on their own, and wiped and unmapped together. */
static bool is_mapped(const struct secret *secret)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	unsigned char in_core;

	return mincore((void *)((uintptr_t)secret / page * page), 1, &in_core) == 0;
}

/* Somebody who still holds on to a destroyed configuration finds no secrets. */
static void destroying_wipes(void **state)
{
	struct fixture *f = *state;
	struct uv *uv = f->world.uv;
	struct configuration *c = configuration_lock(UV(f));
	const struct secret *held[3];

	c->references++;
	configuration_unlock(uv, c);
	assert_seen(add_type(f, SECRET_AES_256, 32, 1), 0, 0x0001);
	held[0] = c->keys;
	held[1] = c->secrets.values[0];
	held[2] = c->secrets.extension;
	for (size_t i = 0; i < 3; i++)
		assert_true(is_mapped(held[i]));
	assert_executed(uv_configuration_destroy(UV(f)));
	for (size_t i = 0; i < 3; i++)
		assert_false(is_mapped(held[i]));
	assert_true(c->destroyed);
	assert_null(c->keys);
	assert_null(c->secrets.values);
	assert_null(c->secrets.extension);
	assert_int_equal(c->secrets.count, 0);
	pthread_mutex_lock(&c->lock);
	configuration_unlock(uv, c);
}

/* --- Generations ----------------------------------------------------------- */

static void z15_has_no_store(void **state)
{
	struct fixture *f = *state;

	restart_as(f, "z15");
	assert_seen(add_association(f, 1), 1, 0x0002);
	assert_seen(list_from(f, 0, LIST_AT), 1, 0x0002);
	assert_seen(lock(f), 1, 0x0002);
	assert_seen(retrieve(f, 0, 64), 1, 0x0002);
}

static void z16_has_association_secrets(void **state)
{
	struct fixture *f = *state;

	restart_as(f, "z16");
	for (unsigned i = 0; i < 100; i++)
		assert_seen(add_association(f, i), 0, 0x0001);
	assert_seen(add_association(f, 100), 1, 0x010b);
	assert_seen(add_type(f, SECRET_META, 0, 0), 0, 0x0001);
	for (size_t i = 0; i < RETRIEVABLES; i++)
		assert_seen(add_type(f, retrievable[i].type, retrievable[i].size, i), 1,
			    0x0109);
	assert_seen(add_type(f, SECRET_UPDATE_CCK, 32, 1), 1, 0x0109);
	assert_seen(retrieve(f, 0, 64), 1, 0x0002);
	assert_int_equal(list(f, 85, 0, 0x0001).count, 15);
	assert_seen(lock(f), 0, 0x0001);
}

static void z17_has_all_types(void **state)
{
	struct fixture *f = *state;

	f->image.area.scf = be64(SCF_CCK_UPDATE);
	world_seal_header(&f->image);
	restart_as(f, "z17");
	for (size_t i = 0; i < RETRIEVABLES; i++)
		assert_seen(add_type(f, retrievable[i].type, retrievable[i].size, i), 0, 1);
	assert_seen(add_association(f, 1), 0, 0x0001);
	assert_seen(add_type(f, SECRET_UPDATE_CCK, CCK_SIZE, 1), 0, 0x0001);
	assert_seen(retrieve(f, 0, 64), 0, 0x0001);
}

/* --- Trace ----------------------------------------------------------------- */

static bool occurs(const char *text, const void *bytes, size_t size)
{
	char digits[2 * SECRET_ID_SIZE + 1];

	for (size_t i = 0; i < size; i++)
		snprintf(digits + 2 * i, 3, "%02x", ((const uint8_t *)bytes)[i]);
	return strstr(text, digits) != NULL;
}

static void traced_without_content(void **state)
{
	struct fixture *f = *state;
	uint8_t id[SECRET_ID_SIZE], value[16];
	const char *trace;

	world_fill(id, sizeof(id), 1);
	world_fill(value, sizeof(value), 2);
	add_type(f, SECRET_AES_128, 16, 1);
	retrieve(f, 0, 48);
	trace = text_chars(&f->world.trace);
	assert_true(strstr(trace, "\"call\":\"add-secret\"") != NULL);
	assert_true(strstr(trace, "\"call\":\"retrieve-secret\"") != NULL);
	assert_false(occurs(trace, id, 8));
	assert_false(occurs(trace, value, 8));
	assert_false(occurs(trace, buffer(f), 8));
	assert_false(occurs(trace, buffer(f) + 16, 8));
	add_type(f, SECRET_AES_128, 16, 1);
	assert_traced(f, "{\"call\":\"add-secret\",\"code\":\"0x1031\",\"by\":\"guest\","
			 "\"configuration\":1,\"address\":\"0000000000020000\","
			 "\"size\":1400,\"rc\":\"0x0001\",\"rrc\":\"0x0000\",\"cc\":0,"
			 "\"time\":");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		while_running(every_type_is_listed_and_retrieved),
		while_running(association_is_listed_only),
		while_running(meta_leaves_only_its_tag),
		while_running(wrapping_depends_on_guest_and_type),
		while_running(store_fills_up),
		while_running(same_id_twice),
		while_running(number_of_requests_is_limited),
		while_running(long_lists_have_pages),
		while_running(list_without_a_page),
		while_running(locked_store_can_be_read),
		while_running(retrieve_refusals_in_order),
		while_running(hash_covers_executed_requests),
		while_running(store_does_not_outlive_its_instance),
		while_running(destroying_wipes),
		while_running(z15_has_no_store),
		while_running(z16_has_association_secrets),
		while_running(z17_has_all_types),
		while_running(traced_without_content),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
