/* SPDX-License-Identifier: MIT */
/* Add-secret requests: what goes in comes out, and nothing else is taken. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "secret_fixture.h"

#define SLOTS_AT sizeof(struct asrcb_fixed)
#define HEADER_AT (SLOTS_AT + sizeof(struct key_slot)) /* of a request for one host */

/* --- what goes in comes out ------------------------------------------------------ */

static void all_fields_arrive(void **state)
{
	struct secret_fixture *f = *state;
	struct digest extension = s256("some extension secret");
	struct asrcb_secrets secrets;
	struct asrcb asrcb;
	struct error err;
	uint8_t *bytes;

	secret_fixture_retrievable(f, RETRIEVABLE_AES_XTS, s512("xts key").bytes, 64);
	assert_ok(guest_secret_name(&f->secret, "xts", false, &err), &err);
	f->input.flags = ASRCB_DISABLE_DUMP;
	f->input.cuid = f->cuid;
	f->input.extension_secret = extension.bytes;
	bytes = secret_fixture_open(f, &asrcb, &secrets);
	assert_int_equal(asrcb.type, SECRET_AES_XTS_256);
	assert_ptr_equal(asrcb.kind, secret_kind_find(SECRET_AES_XTS_256));
	assert_int_equal(asrcb.slot_count, 1);
	assert_true(asrcb.flags == ASRCB_DISABLE_DUMP);
	assert_memory_equal(asrcb.id, s256("xts").bytes, SECRET_ID_SIZE);
	assert_memory_equal(asrcb.fixed->cuid, f->cuid, ASRCB_CUID_SIZE);
	assert_memory_equal(&asrcb.fixed->image, &f->image, sizeof(f->image));
	assert_int_equal(asrcb_user_data_type(asrcb.fixed), USER_DATA_NONE);
	assert_int_equal(secret_size(secrets.value), 64);
	assert_memory_equal(secret_view(secrets.value), s512("xts key").bytes, 64);
	assert_memory_equal(secret_view(secrets.extension), extension.bytes, 32);
	asrcb_secrets_free(&secrets);
	free(bytes);
}

static void reserved_bytes_are_zero(void **state)
{
	struct secret_fixture *f = *state;
	size_t size;
	uint8_t *bytes = secret_fixture_build(f, &size);
	struct asrcb_fixed *fixed = (struct asrcb_fixed *)bytes;

	for (size_t i = 0; i < sizeof(fixed->reserved_118); i++)
		assert_int_equal(fixed->reserved_118[i], 0);
	for (size_t i = 0; i < sizeof(fixed->cuid); i++)
		assert_int_equal(fixed->cuid[i], 0);
	free(bytes);
}

static void meta_has_neither_id_nor_value(void **state)
{
	struct asrcb_secrets secrets;
	struct asrcb asrcb;
	uint8_t *bytes = secret_fixture_open(*state, &asrcb, &secrets);

	assert_int_equal(asrcb.type, SECRET_META);
	assert_null(asrcb.id);
	assert_null(secrets.value);
	assert_int_equal(asrcb.value_size, 0);
	asrcb_secrets_free(&secrets);
	free(bytes);
}

static void every_host_can_open(void **state)
{
	struct secret_fixture *f = *state;
	EVP_PKEY *hosts[REQUEST_MAX_SLOTS + 1];
	struct asrcb_secrets secrets;
	uint8_t phkh[PHKH_SIZE], *bytes;
	struct asrcb asrcb;
	struct error err;
	size_t size;

	for (size_t i = 0; i <= REQUEST_MAX_SLOTS; i++)
		hosts[i] = f->host;
	assert_ok(ec_generate(&hosts[2], &err), &err);
	assert_ok(ec_phkh(phkh, hosts[2], &err), &err);
	f->input.hosts = (struct request_hosts){ hosts, 3 };
	bytes = secret_fixture_open(f, &asrcb, &secrets);
	asrcb_secrets_free(&secrets);
	assert_ok(asrcb_open_as_host(&secrets, &asrcb, hosts[2], phkh, &err), &err);
	asrcb_secrets_free(&secrets);
	free(bytes);
	f->input.hosts.count = REQUEST_MAX_SLOTS;
	bytes = secret_fixture_build(f, &size);
	assert_int_equal(size, 0x548 + 254 * 0x50);
	free(bytes);
	f->input.hosts.count = REQUEST_MAX_SLOTS + 1;
	assert_int_equal(asrcb_build(&bytes, &size, &f->input, &f->keys, &err), ERR_INVALID);
	assert_null(bytes);
	f->input.hosts.count = 0;
	assert_int_equal(asrcb_create(&bytes, &size, &f->input, &err), ERR_INVALID);
	EVP_PKEY_free(hosts[2]);
}

static void other_hosts_cannot(void **state)
{
	struct secret_fixture *f = *state;
	uint8_t phkh[PHKH_SIZE];
	struct asrcb_secrets secrets;
	struct asrcb asrcb;
	struct error err;
	uint8_t *bytes = secret_fixture_open(f, &asrcb, &secrets);
	EVP_PKEY *other;

	asrcb_secrets_free(&secrets);
	assert_ok(ec_generate(&other, &err), &err);
	assert_ok(ec_phkh(phkh, other, &err), &err);
	assert_int_equal(asrcb_open_as_host(&secrets, &asrcb, other, phkh, &err), ERR_NOT_FOUND);
	/* With the right hash and a wrong key the slot does not open. */
	assert_int_equal(asrcb_open_as_host(&secrets, &asrcb, other, f->phkh, &err), ERR_AUTH);
	assert_null(secrets.extension);
	EVP_PKEY_free(other);
	free(bytes);
}

static void fresh_requests_differ(void **state)
{
	struct secret_fixture *f = *state;
	struct error err;
	uint8_t *one, *two;
	size_t size;

	assert_ok(asrcb_create(&one, &size, &f->input, &err), &err);
	assert_ok(asrcb_create(&two, &size, &f->input, &err), &err);
	assert_memory_not_equal(one + 0x10, two + 0x10, GCM_IV_SIZE);
	assert_memory_not_equal(one + 0x418, two + 0x418, EC_COORD_SIZE);
	assert_memory_not_equal(one + SLOTS_AT + 0x20, two + SLOTS_AT + 0x20, GCM_KEY_SIZE);
	free(one);
	free(two);
}

/* --- corruption -------------------------------------------------------------------- */

/* Parsing, then opening, has to refuse what differs in one bit, wherever. */
static void no_flipped_bit_is_taken(void **state)
{
	struct secret_fixture *f = *state;
	struct asrcb_secrets secrets;
	struct asrcb asrcb;
	struct error err;
	uint8_t *bytes;
	size_t size;
	int rc;

	secret_fixture_retrievable(f, RETRIEVABLE_AES, s256("key").bytes, 32);
	bytes = secret_fixture_build(f, &size);
	/* The slot's own hash, key and tag select and unwrap; all the rest is authenticated. */
	for (size_t at = 0; at < size; at++) {
		bytes[at] ^= 1;
		rc = asrcb_parse(&asrcb, bytes, size, UINT64_MAX, NULL, &err);
		if (rc == 0)
			rc = asrcb_open_as_host(&secrets, &asrcb, f->host, f->phkh, &err);
		if (rc == 0)
			fail_msg("a change at offset 0x%zx goes unnoticed", at);
		bytes[at] ^= 1;
	}
	free(bytes);
}

struct corruption {
	size_t at;
	const char *bytes;
	size_t count;
	enum request_defect defect;
};

static void each_rule_has_its_defect(void **state)
{
	static const struct corruption cases[] = {
		{ 0x000, "asrcbN", 6, REQUEST_BAD_MAGIC },
		{ 0x000, "\0\0\0\0\0\0\0\0", 8, REQUEST_BAD_MAGIC },
		{ 0x008, "\0\0\2\0", 4, REQUEST_BAD_VERSION },
		{ 0x008, "\0\0\0\0", 4, REQUEST_BAD_VERSION },
		{ 0x00c, "\0\0\5\x47", 4, REQUEST_BAD_SIZE },  /* below the smallest */
		{ 0x00c, "\0\0\5\x87", 4, REQUEST_BAD_SIZE },  /* one less than there is */
		{ 0x00c, "\0\0\5\x89", 4, REQUEST_BAD_SIZE },  /* one more */
		{ 0x00c, "\0\x10\0\1", 4, REQUEST_BAD_SIZE },  /* above the largest */
		{ 0x00c, "\xff\xff\xff\xff", 4, REQUEST_BAD_SIZE },
		{ 0x027, "\0", 1, REQUEST_NO_SLOTS },
		{ 0x027, "\2", 1, REQUEST_BAD_SIZE },          /* a slot more than there is */
		{ 0x027, "\xff", 1, REQUEST_BAD_SIZE },
		{ 0x02c, "\0\0\0\x3f", 4, REQUEST_BAD_SIZE },  /* encrypted area */
		{ 0x02c, "\0\0\0\x41", 4, REQUEST_BAD_SIZE },
		{ 0x02c, "\0\0\0\x1f", 4, REQUEST_BAD_SIZE },  /* no extension secret fits */
		{ 0x02c, "\xff\xff\xff\xf0", 4, REQUEST_BAD_SIZE },
		{ 0x030, "\x40", 1, REQUEST_BAD_FLAGS },
		{ 0x037, "\1", 1, REQUEST_BAD_FLAGS },
		{ HEADER_AT + 0x2, "\0\1", 2, REQUEST_BAD_SIZE }, /* meta: a shorter header */
		{ HEADER_AT + 0x4, "\0\0\0\x1f", 4, REQUEST_BAD_SIZE }, /* value */
		{ HEADER_AT + 0x4, "\xff\xff\xff\xe0", 4, REQUEST_BAD_SIZE },
		{ HEADER_AT + 0x2, "\0\x42", 2, REQUEST_SOUND }, /* the ultravisor's to refuse */
		{ 0x006, "\xff\xff", 2, REQUEST_SOUND },          /* the guest's to refuse */
		{ 0x01c, "\xff", 1, REQUEST_SOUND },               /* reserved */
	};
	struct secret_fixture *f = *state;
	struct asrcb asrcb;
	struct error err;
	size_t size;
	uint8_t *good;

	assert_ok(guest_secret_association(&f->secret, NULL, &err), &err);
	good = secret_fixture_build(f, &size);
	assert_int_equal(size, 0x588);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum request_defect defect = REQUEST_TRUNCATED;
		uint8_t *evil = malloc(size);
		int rc;

		memcpy(evil, good, size);
		memcpy(evil + cases[i].at, cases[i].bytes, cases[i].count);
		rc = asrcb_parse(&asrcb, evil, size, ASRCB_DISABLE_DUMP, &defect, &err);
		if (defect != cases[i].defect || (rc == 0) != (defect == REQUEST_SOUND))
			fail_msg("case %zu: rc %d, defect %d", i, rc, (int)defect);
		free(evil);
	}
	free(good);
}

static void no_truncation_is_taken(void **state)
{
	struct secret_fixture *f = *state;
	struct asrcb asrcb;
	struct error err;
	size_t size;
	uint8_t *bytes = secret_fixture_build(f, &size);

	for (size_t length = 0; length < size; length++) {
		uint8_t *part = malloc(length + 1); /* so that sanitizers see its end */

		memcpy(part, bytes, length);
		assert_int_equal(asrcb_parse(&asrcb, part, length, UINT64_MAX, NULL, &err),
				 ERR_FORMAT);
		free(part);
	}
	bytes = realloc(bytes, size + 1);
	bytes[size] = 0;
	assert_int_equal(asrcb_parse(&asrcb, bytes, size + 1, UINT64_MAX, NULL, &err), ERR_FORMAT);
	free(bytes);
}

/* A size that agrees with itself, for a type that does not have it. */
static void sizes_that_a_type_cannot_have_are_told_apart(void **state)
{
	struct secret_fixture *f = *state;
	struct asrcb_secrets secrets;
	struct asrcb asrcb;
	uint8_t *bytes;

	secret_fixture_retrievable(f, RETRIEVABLE_AES, s256("key").bytes, 24);
	f->secret.kind = secret_kind_find(SECRET_AES_128);
	bytes = secret_fixture_open(f, &asrcb, &secrets);
	assert_false(secret_kind_takes(asrcb.kind, asrcb.value_size));
	asrcb_secrets_free(&secrets);
	free(bytes);
}

#define fixture(test) \
	cmocka_unit_test_setup_teardown(test, secret_fixture_new, secret_fixture_free)

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture(all_fields_arrive),
		fixture(reserved_bytes_are_zero),
		fixture(meta_has_neither_id_nor_value),
		fixture(every_host_can_open),
		fixture(other_hosts_cannot),
		fixture(fresh_requests_differ),
		fixture(no_flipped_bit_is_taken),
		fixture(each_rule_has_its_defect),
		fixture(no_truncation_is_taken),
		fixture(sizes_that_a_type_cannot_have_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
