/* SPDX-License-Identifier: MIT */
/* Kinds of secrets, their values, IDs, and the forms in which a guest gets them. */
#include "unit.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <stdlib.h>
#include <string.h>

#include "secret/retrieved.h"
#include "secret_fixture.h"

/* --- kinds ------------------------------------------------------------------------- */

static void kinds_are_as_published(void **state)
{
	static const struct { uint16_t type, size, retrieved; } rows[] = {
		{ 0x02, 32, 32 },  { 0x04, 16, 48 },  { 0x05, 24, 56 },   { 0x06, 32, 64 },
		{ 0x07, 32, 64 },  { 0x08, 64, 96 },  { 0x09, 64, 96 },   { 0x0a, 128, 160 },
		{ 0x11, 32, 64 },  { 0x12, 48, 80 },  { 0x13, 80, 112 },  { 0x14, 32, 64 },
		{ 0x15, 64, 96 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct secret_kind *kind = secret_kind_find(rows[i].type);

		assert_non_null(kind);
		assert_true(kind->listable);
		assert_int_equal(kind->header_size, 48);
		assert_true(secret_kind_takes(kind, rows[i].size));
		assert_false(secret_kind_takes(kind, rows[i].size + 1u));
		assert_false(secret_kind_takes(kind, rows[i].size - 1u));
		assert_false(secret_kind_takes(kind, 0));
		assert_int_equal(secret_kind_retrieved_size(kind, rows[i].size),
				 rows[i].retrieved);
	}
	assert_false(secret_kind_find(0x02)->retrievable);
	assert_int_equal(secret_kind_find(0x01)->header_size, 16);
	assert_false(secret_kind_find(0x01)->listable);
	assert_false(secret_kind_find(0x16)->listable);
}

static void numbers_without_meaning_have_no_kind(void **state)
{
	(void)state;
	assert_null(secret_kind_find(0));
	for (uint16_t type = 0x0b; type <= 0x10; type++)
		assert_null(secret_kind_find(type));
	assert_null(secret_kind_find(0x17));
	assert_null(secret_kind_find(0xffff));
}

static void plaintexts_have_many_sizes(void **state)
{
	const struct secret_kind *kind = secret_kind_find(SECRET_PLAINTEXT);

	(void)state;
	assert_false(secret_kind_takes(kind, 0));
	assert_false(secret_kind_takes(kind, 15));
	assert_true(secret_kind_takes(kind, 16));
	assert_false(secret_kind_takes(kind, 17));
	assert_true(secret_kind_takes(kind, 8192));
	assert_false(secret_kind_takes(kind, 8208));
	assert_int_equal(secret_kind_retrieved_size(kind, 16), 16);
}

/* --- values ------------------------------------------------------------------------- */

static void assert_plaintext(const uint8_t *payload, size_t size, size_t stored)
{
	struct guest_secret secret;
	struct secret *out;
	struct error err;

	assert_ok(guest_secret_retrievable(&secret, RETRIEVABLE_PLAIN, payload, size, &err), &err);
	assert_int_equal(secret_size(secret.value), stored);
	assert_true(secret_kind_takes(secret.kind, stored));
	assert_int_equal(secret_view(secret.value)[0] << 8 | secret_view(secret.value)[1], size);
	for (size_t i = 2 + size; i < stored; i++)
		assert_int_equal(secret_view(secret.value)[i], 0);
	assert_ok(retrieved_to_binary(&out, &(struct retrieved){
			SECRET_PLAINTEXT, secret_view(secret.value), stored }, &err), &err);
	assert_int_equal(secret_size(out), size);
	assert_memory_equal(secret_view(out), payload, size);
	secret_free(out);
	guest_secret_free(&secret);
}

static void plaintexts_survive_storage(void **state)
{
	uint8_t payload[SECRET_PLAINTEXT_MAX_PAYLOAD + 1];
	struct guest_secret secret;
	struct error err;

	(void)state;
	memset(payload, 0xa5, sizeof(payload));
	assert_plaintext(payload, 0, 16);
	assert_plaintext(payload, 1, 16);
	assert_plaintext(payload, 14, 16);
	assert_plaintext(payload, 15, 32);
	assert_plaintext(payload, 8190, 8192);
	memset(payload, 0, sizeof(payload)); /* zeros are no padding */
	assert_plaintext(payload, 9, 16);
	assert_int_equal(guest_secret_retrievable(&secret, RETRIEVABLE_PLAIN, payload, 8191, &err),
			 ERR_INVALID);
	assert_null(secret.value);
}

static void symmetric_keys_go_by_their_size(void **state)
{
	static const struct { enum retrievable_input input; size_t size; uint16_t type; } rows[] = {
		{ RETRIEVABLE_AES, 16, 4 },      { RETRIEVABLE_AES, 24, 5 },
		{ RETRIEVABLE_AES, 32, 6 },      { RETRIEVABLE_AES_XTS, 32, 7 },
		{ RETRIEVABLE_AES_XTS, 64, 8 },  { RETRIEVABLE_HMAC_SHA, 64, 9 },
		{ RETRIEVABLE_HMAC_SHA, 128, 10 },
		{ RETRIEVABLE_AES, 0, 0 },       { RETRIEVABLE_AES, 31, 0 },
		{ RETRIEVABLE_AES, 64, 0 },      { RETRIEVABLE_AES_XTS, 48, 0 },
		{ RETRIEVABLE_AES_XTS, 128, 0 }, { RETRIEVABLE_HMAC_SHA, 32, 0 },
		{ RETRIEVABLE_HMAC_SHA, 0, 0 },
	};
	uint8_t key[128];
	struct guest_secret secret;
	struct error err;

	(void)state;
	memset(key, 7, sizeof(key));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int rc = guest_secret_retrievable(&secret, rows[i].input, key, rows[i].size, &err);

		assert_int_equal(rc, rows[i].type ? 0 : ERR_INVALID);
		if (rc == 0) {
			assert_int_equal(secret.kind->type, rows[i].type);
			assert_int_equal(secret_size(secret.value), rows[i].size);
			assert_memory_equal(secret_view(secret.value), key, rows[i].size);
			guest_secret_free(&secret);
		}
	}
}

static void assert_ec(const char *curve, uint16_t type, size_t size, size_t padding)
{
	EVP_PKEY *key = ec_key(curve);
	struct guest_secret secret;
	BIGNUM *scalar = NULL;
	uint8_t expected[80] = { 0 }, *file;
	struct error err;
	size_t file_size, length = size - padding;

	if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &scalar) == 1)
		assert_int_equal(BN_bn2binpad(scalar, expected, (int)size), size);
	else
		assert_int_equal(EVP_PKEY_get_raw_private_key(key, expected + padding, &length), 1);
	for (int der = 0; der < 2; der++) {
		file = der ? key_der(key, &file_size) : key_pem(key, &file_size);
		assert_ok(guest_secret_retrievable(&secret, RETRIEVABLE_EC, file, file_size, &err), &err);
		assert_int_equal(secret.kind->type, type);
		assert_int_equal(secret_size(secret.value), size);
		assert_memory_equal(secret_view(secret.value), expected, size);
		guest_secret_free(&secret);
		free(file);
	}
	BN_clear_free(scalar);
	EVP_PKEY_free(key);
}

static void ec_keys_are_padded_on_the_left(void **state)
{
	(void)state;
	assert_ec("P-256", SECRET_EC_P256, 32, 0);
	assert_ec("P-384", SECRET_EC_P384, 48, 0);
	assert_ec("P-521", SECRET_EC_P521, 80, 14);
	assert_ec("ED25519", SECRET_EC_ED25519, 32, 0);
	assert_ec("ED448", SECRET_EC_ED448, 64, 7);
}

static void other_keys_are_no_ec_secrets(void **state)
{
	EVP_PKEY *const others[] = { rsa_key(2048), ec_key("secp256k1"),
				     EVP_PKEY_Q_keygen(NULL, NULL, "X25519") };
	struct guest_secret secret;
	struct error err;
	uint8_t *file;
	size_t size;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		file = key_pem(others[i], &size);
		assert_int_equal(guest_secret_retrievable(&secret, RETRIEVABLE_EC, file, size, &err),
				 ERR_UNSUPPORTED);
		free(file);
		EVP_PKEY_free(others[i]);
	}
	assert_int_equal(guest_secret_retrievable(&secret, RETRIEVABLE_EC, "x", 1, &err), ERR_FORMAT);
	assert_int_equal(guest_secret_retrievable(&secret, RETRIEVABLE_EC, "", 0, &err), ERR_FORMAT);
}

static void association_values_are_given_or_random(void **state)
{
	struct guest_secret one, two;
	struct error err;

	(void)state;
	assert_ok(guest_secret_association(&one, NULL, &err), &err);
	assert_ok(guest_secret_association(&two, NULL, &err), &err);
	assert_false(secret_equal(one.value, two.value));
	guest_secret_free(&two);
	assert_ok(guest_secret_association(&two, secret_view(one.value), &err), &err);
	assert_true(secret_equal(one.value, two.value));
	guest_secret_free(&one);
	guest_secret_free(&two);
}

/* --- IDs ------------------------------------------------------------------------------ */

static void ids_from_names(void **state)
{
	const char *long_name = "0123456789012345678901234567890123456789";
	uint8_t id[SECRET_ID_SIZE];
	char name[SECRET_ID_SIZE];

	(void)state;
	secret_id_from_name(id, long_name);
	assert_memory_equal(id, long_name, 31);
	assert_int_equal(id[31], 0);
	assert_true(secret_id_to_name(name, id));
	assert_int_equal(strlen(name), 31);
	secret_id_from_name(id, "a key");
	assert_true(secret_id_to_name(name, id));
	assert_string_equal(name, "a key");
}

static void ids_that_are_no_names(void **state)
{
	uint8_t id[SECRET_ID_SIZE] = { 0 };
	char name[SECRET_ID_SIZE];

	(void)state;
	assert_false(secret_id_to_name(name, id));
	memset(id, 'a', sizeof(id));
	assert_false(secret_id_to_name(name, id)); /* no zero at the end */
	id[31] = 0;
	id[20] = 0;
	assert_false(secret_id_to_name(name, id)); /* a zero within */
	secret_id_from_name(id, "two\nlines");
	assert_false(secret_id_to_name(name, id));
	secret_id_from_name(id, "\x1b[2J");
	assert_false(secret_id_to_name(name, id));
	secret_id_from_name(id, "\xc3\xa9");
	assert_false(secret_id_to_name(name, id));
}

static void ids_in_digits(void **state)
{
	uint8_t id[SECRET_ID_SIZE], again[SECRET_ID_SIZE];
	char hex[SECRET_ID_HEX_SIZE];
	struct error err;

	(void)state;
	memcpy(id, s256("some id").bytes, sizeof(id));
	secret_id_to_hex(hex, id);
	assert_int_equal(strlen(hex), 66);
	assert_ok(secret_id_from_hex(again, hex, &err), &err);
	assert_memory_equal(id, again, sizeof(id));
	assert_int_equal(secret_id_from_hex(again, hex + 2, &err), ERR_FORMAT);
	hex[65] = 'g';
	assert_int_equal(secret_id_from_hex(again, hex, &err), ERR_FORMAT);
	hex[65] = '\0';
	assert_int_equal(secret_id_from_hex(again, hex, &err), ERR_FORMAT);
	assert_int_equal(secret_id_from_hex(again, "", &err), ERR_FORMAT);
}

/* --- retrieved secrets ----------------------------------------------------------------- */

static void assert_pem(uint16_t type, const void *bytes, size_t size, const char *expected)
{
	struct secret *pem;
	struct error err;

	assert_ok(retrieved_to_pem(&pem, &(struct retrieved){ type, bytes, size }, &err), &err);
	assert_int_equal(secret_size(pem), strlen(expected));
	assert_memory_equal(secret_view(pem), expected, strlen(expected));
	secret_free(pem);
}

static void pem_forms(void **state)
{
	uint8_t key[96];

	(void)state;
	memset(key, 0, sizeof(key));
	assert_pem(SECRET_AES_128, key, 48,
		   "-----BEGIN IBM PROTECTED KEY-----\nkind: AES-128-KEY\n\n"
		   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
		   "-----END IBM PROTECTED KEY-----\n");
	assert_pem(SECRET_AES_192, key, 49,
		   "-----BEGIN IBM PROTECTED KEY-----\nkind: AES-192-KEY\n\n"
		   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
		   "AA==\n"
		   "-----END IBM PROTECTED KEY-----\n");
	assert_pem(SECRET_PLAINTEXT, "\0\5hello\0\0\0\0\0\0\0\0\0", 16,
		   "-----BEGIN PLAINTEXT SECRET-----\naGVsbG8=\n-----END PLAINTEXT SECRET-----\n");
	assert_pem(SECRET_PLAINTEXT, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16,
		   "-----BEGIN PLAINTEXT SECRET-----\n-----END PLAINTEXT SECRET-----\n");
	assert_pem(0x42, "", 0, "-----BEGIN IBM PROTECTED KEY-----\nkind: Unknown(0x0042)\n\n"
				"-----END IBM PROTECTED KEY-----\n");
}

static void assert_whole(const void *blob, size_t size)
{
	struct secret *out;
	struct error err;

	assert_ok(retrieved_to_binary(&out, &(struct retrieved){
			SECRET_PLAINTEXT, blob, size }, &err), &err);
	assert_int_equal(secret_size(out), size);
	assert_memory_equal(secret_view(out), blob, size);
	secret_free(out);
}

static void plaintexts_of_another_form_are_kept_whole(void **state)
{
	(void)state;
	assert_whole("\0\x0a" "abcdefghij\1\0\0\0", 16);        /* something behind it */
	assert_whole("\0\x0f" "abcdefghijklmn", 16);            /* longer than there is */
	assert_whole("\xff\xff" "abcdefghijklmn", 16);
	assert_whole("\0\1a\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32); /* too much padding */
	assert_whole("a", 1);
	assert_whole("", 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_are_as_published),
		cmocka_unit_test(numbers_without_meaning_have_no_kind),
		cmocka_unit_test(plaintexts_have_many_sizes),
		cmocka_unit_test(plaintexts_survive_storage),
		cmocka_unit_test(symmetric_keys_go_by_their_size),
		cmocka_unit_test(ec_keys_are_padded_on_the_left),
		cmocka_unit_test(other_keys_are_no_ec_secrets),
		cmocka_unit_test(association_values_are_given_or_random),
		cmocka_unit_test(ids_from_names),
		cmocka_unit_test(ids_that_are_no_names),
		cmocka_unit_test(ids_in_digits),
		cmocka_unit_test(pem_forms),
		cmocka_unit_test(plaintexts_of_another_form_are_kept_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
