/* SPDX-License-Identifier: MIT */
/* User data of add-secret requests, and the signatures in it. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "secret_fixture.h"

#define DATA_AT offsetof(struct asrcb_fixed, user_data)

/* One key of each sort, made once. */
static struct {
	EVP_PKEY *rsa2048, *rsa3072, *p521, *other_p521;
} keys;

static int make_keys(void **state)
{
	(void)state;
	keys.rsa2048 = rsa_key(2048);
	keys.rsa3072 = rsa_key(3072);
	keys.p521 = ec_key("P-521");
	keys.other_p521 = ec_key("P-521");
	return 0;
}

static int free_keys(void **state)
{
	(void)state;
	EVP_PKEY_free(keys.rsa2048);
	EVP_PKEY_free(keys.rsa3072);
	EVP_PKEY_free(keys.p521);
	EVP_PKEY_free(keys.other_p521);
	return 0;
}

static int verify(const uint8_t *bytes, size_t size, EVP_PKEY *key,
		  const uint8_t **data, size_t *data_size, struct error *err)
{
	struct asrcb asrcb;

	assert_ok(asrcb_parse(&asrcb, bytes, size, UINT64_MAX, NULL, err), err);
	return asrcb_verify_user_data(data, data_size, &asrcb, key, err);
}

/* A request that @key signs, with as much data as fits; caller frees. */
static uint8_t *signed_request(struct secret_fixture *f, size_t *size, EVP_PKEY *key,
			       size_t capacity)
{
	static uint8_t data[USER_DATA_SIZE];

	memset(data, 0x56, capacity);
	f->input.sign_key = key;
	f->input.user_data = data;
	f->input.user_data_size = capacity;
	return secret_fixture_build(f, size);
}

static void assert_signs(struct secret_fixture *f, EVP_PKEY *key, unsigned type,
			 size_t capacity)
{
	struct asrcb_secrets secrets;
	struct asrcb asrcb;
	struct error err;
	const uint8_t *data;
	size_t size, data_size;
	uint8_t *bytes = signed_request(f, &size, key, capacity);

	assert_ok(verify(bytes, size, key, &data, &data_size, &err), &err);
	assert_int_equal(data_size, capacity);
	assert_int_equal(data[0], 0x56);
	assert_int_equal(data[capacity - 1], 0x56);
	assert_int_equal(bytes[6] << 8 | bytes[7], type);
	/* The second sealing covers the signature. */
	assert_ok(asrcb_parse(&asrcb, bytes, size, UINT64_MAX, NULL, &err), &err);
	assert_ok(asrcb_open_as_host(&secrets, &asrcb, f->host, f->phkh, &err), &err);
	asrcb_secrets_free(&secrets);
	/* One byte more does not fit. */
	free(bytes);
	f->input.user_data_size = capacity + 1;
	assert_int_equal(asrcb_input_check(&f->input, &err), ERR_INVALID);
	assert_int_equal(asrcb_build(&bytes, &size, &f->input, &f->keys, &err), ERR_INVALID);
}

static void each_sort_of_key_signs(void **state)
{
	assert_signs(*state, keys.rsa2048, 3, 256);
	assert_signs(*state, keys.rsa3072, 4, 128);
	assert_signs(*state, keys.p521, 2, 256);
}

static void signing_leaves_the_ciphertext(void **state)
{
	struct secret_fixture *f = *state;
	size_t size;
	uint8_t *plain = secret_fixture_build(f, &size);
	uint8_t *with_signature = signed_request(f, &size, keys.p521, 0);

	assert_memory_equal(plain + size - 48, with_signature + size - 48, 32);
	assert_memory_not_equal(plain + size - 16, with_signature + size - 16, 16);
	free(plain);
	free(with_signature);
}

/* Whatever is signed differs: the head, the secret, the ciphertext, the data. */
static void no_flipped_bit_verifies(void **state)
{
	EVP_PKEY *const all[] = { keys.rsa2048, keys.rsa3072, keys.p521 };
	static const size_t offsets[] = { 0x10, 0x1c, 0x30, 0x38, 0xb8, 0xf8, 0x108, 0x118,
					  0x217, DATA_AT, DATA_AT + 127, 0x418, 0x4b8,
					  0x507, 0x508, 0x518, 0x537 };
	struct secret_fixture *f = *state;
	const uint8_t *data;
	struct error err;
	size_t size, data_size;

	for (size_t k = 0; k < 3; k++) {
		uint8_t *bytes = signed_request(f, &size, all[k], 128);

		for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
			bytes[offsets[i]] ^= 0x80;
			if (offsets[i] != 0x508) /* not a request any more */
				assert_int_equal(verify(bytes, size, all[k], &data, &data_size,
							&err), ERR_AUTH);
			bytes[offsets[i]] ^= 0x80;
		}
		/* The signature itself. */
		bytes[DATA_AT + 0x105] ^= 1;
		assert_int_equal(verify(bytes, size, all[k], &data, &data_size, &err), ERR_AUTH);
		assert_int_equal(data_size, 0);
		free(bytes);
	}
}

static void another_key_does_not_verify(void **state)
{
	struct secret_fixture *f = *state;
	const uint8_t *data;
	struct error err;
	size_t size, data_size;
	uint8_t *bytes = signed_request(f, &size, keys.p521, 10);

	assert_int_equal(verify(bytes, size, keys.other_p521, &data, &data_size, &err), ERR_AUTH);
	assert_int_equal(verify(bytes, size, keys.rsa2048, &data, &data_size, &err), ERR_INVALID);
	assert_int_equal(verify(bytes, size, NULL, &data, &data_size, &err), ERR_REFUSED);
	free(bytes);
}

static void a_demanded_signature_has_to_be_there(void **state)
{
	struct secret_fixture *f = *state;
	const uint8_t *data;
	struct error err;
	size_t size, data_size;
	uint8_t *bytes = secret_fixture_build(f, &size);

	assert_ok(verify(bytes, size, NULL, &data, &data_size, &err), &err);
	assert_int_equal(data_size, 0);
	assert_int_equal(verify(bytes, size, keys.p521, &data, &data_size, &err), ERR_REFUSED);
	free(bytes);
	f->input.user_data = "x";
	f->input.user_data_size = 1;
	bytes = secret_fixture_build(f, &size);
	assert_ok(verify(bytes, size, NULL, &data, &data_size, &err), &err);
	assert_int_equal(data_size, USER_DATA_SIZE);
	assert_memory_equal(data, "x\0\0", 3);
	assert_int_equal(verify(bytes, size, keys.p521, &data, &data_size, &err), ERR_REFUSED);
	bytes[7] = 5;
	assert_int_equal(verify(bytes, size, NULL, &data, &data_size, &err), ERR_UNSUPPORTED);
	assert_int_equal(verify(bytes, size, keys.p521, &data, &data_size, &err), ERR_UNSUPPORTED);
	free(bytes);
}

static void empty_user_data_is_user_data(void **state)
{
	struct secret_fixture *f = *state;
	const uint8_t *data;
	struct error err;
	size_t size, data_size;
	uint8_t *bytes;

	f->input.user_data = "";
	bytes = secret_fixture_build(f, &size);
	assert_ok(verify(bytes, size, NULL, &data, &data_size, &err), &err);
	assert_int_equal(data_size, USER_DATA_SIZE);
	free(bytes);
}

static void the_length_of_an_ec_signature_is_checked(void **state)
{
	static const unsigned lengths[] = { 0, 1, 140, 256, 0xffff };
	struct secret_fixture *f = *state;
	const uint8_t *data;
	struct error err;
	size_t size, data_size;
	uint8_t *bytes = signed_request(f, &size, keys.p521, 0);
	struct user_data_ec_p521 *ec = (struct user_data_ec_p521 *)(bytes + DATA_AT);

	assert_in_range(be16_get(ec->signature_size), 130, USER_DATA_EC_SIGNATURE_MAX);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		ec->signature_size = be16((uint16_t)lengths[i]);
		assert_int_equal(verify(bytes, size, keys.p521, &data, &data_size, &err),
				 ERR_AUTH);
	}
	free(bytes);
}

static void keys_of_other_sorts_are_refused(void **state)
{
	EVP_PKEY *const others[] = { rsa_key(1024), rsa_key(4096), ec_key("P-384"),
				     ec_key("ED25519") };
	enum user_data_type type;
	struct error err;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(user_data_type_of_key(&type, others[i], &err), ERR_UNSUPPORTED);
		assert_non_null(strstr(err.message, "cannot sign"));
		EVP_PKEY_free(others[i]);
	}
}

#define fixture(test) \
	cmocka_unit_test_setup_teardown(test, secret_fixture_new, secret_fixture_free)

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture(each_sort_of_key_signs),
		fixture(signing_leaves_the_ciphertext),
		fixture(no_flipped_bit_verifies),
		fixture(another_key_does_not_verify),
		fixture(a_demanded_signature_has_to_be_there),
		fixture(empty_user_data_is_user_data),
		fixture(the_length_of_an_ec_signature_is_checked),
		cmocka_unit_test(keys_of_other_sorts_are_refused),
	};

	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
