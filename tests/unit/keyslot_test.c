/* SPDX-License-Identifier: MIT */
/* From a host key document to a key slot and back. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "hostkey/hostkey.h"
#include "hostkey/mint.h"
#include "image/key_slot.h"
#include "image_fixture.h"

struct parties {
	EVP_PKEY *host, *customer, *stranger;
	uint8_t key[GCM_KEY_SIZE];
	struct key_slot slot;
};

static int seal(void **state)
{
	struct parties *p = calloc(1, sizeof(*p));
	struct error err;

	assert_non_null(p);
	p->host = fixture_key(fixture_host_scalar);
	p->customer = fixture_key(fixture_customer_scalar);
	assert_ok(ec_generate(&p->stranger, &err), &err);
	fixture_count_up(p->key, sizeof(p->key), 0);
	assert_ok(key_slot_seal(&p->slot, p->customer, p->host, p->key, &err), &err);
	*state = p;
	return 0;
}

static int drop(void **state)
{
	struct parties *p = *state;

	EVP_PKEY_free(p->host);
	EVP_PKEY_free(p->customer);
	EVP_PKEY_free(p->stranger);
	free(p);
	return 0;
}

/* Expected values from an independent implementation (Python, cryptography). */
static void seals_as_computed_elsewhere(void **state)
{
	const struct parties *p = *state;

	assert_hex(p->slot.phkh, PHKH_SIZE,
		   "c375b94b87e650f245e310f7a7d1fbe5083aa4bb5854670f8b953af3f9e0ad0c");
	assert_hex(p->slot.wrapped_key, GCM_KEY_SIZE,
		   "005c4abb6cb88c41a078c5008ff24d966f20fed3270f2fc7bc02bbb8486cfe6e");
	assert_hex(p->slot.tag, GCM_TAG_SIZE, "06d3da45316632e33b7aae6b76cfeeaa");
}

static void exchanges_as_computed_elsewhere(void **state)
{
	const struct parties *p = *state;
	struct secret *exchange;
	struct error err;

	/* The shared x-coordinate of this pair starts with a zero byte. */
	assert_ok(ec_exchange(&exchange, p->customer, p->host, &err), &err);
	assert_hex(secret_view(exchange), 32,
		   "e4e77cb6f4a13d4e227755e9fb1088fc01a8d5c7923db4a21d35164c0b475ad9");
	secret_free(exchange);
}

static void opens_for_the_host(void **state)
{
	const struct parties *p = *state;
	struct secret *key;
	struct error err;

	assert_ok(key_slot_open(&key, &p->slot, p->host, p->customer, &err), &err);
	assert_int_equal(secret_size(key), GCM_KEY_SIZE);
	assert_memory_equal(secret_view(key), p->key, GCM_KEY_SIZE);
	secret_free(key);
}

static void stays_shut_for_others(void **state)
{
	const struct parties *p = *state;
	struct secret *key;
	struct error err;

	assert_int_equal(key_slot_open(&key, &p->slot, p->stranger, p->customer, &err),
			 ERR_AUTH);
	assert_null(key);
	assert_int_equal(key_slot_open(&key, &p->slot, p->host, p->stranger, &err),
			 ERR_AUTH);
	assert_null(key);
}

/* Every bit of the wrapped key and the tag counts. */
static void notices_every_change(void **state)
{
	struct parties *p = *state;
	uint8_t *bytes = p->slot.wrapped_key;

	for (size_t bit = 0; bit < 8 * (GCM_KEY_SIZE + GCM_TAG_SIZE); bit += 5) {
		struct secret *key;
		struct error err;

		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(key_slot_open(&key, &p->slot, p->host, p->customer, &err),
				 ERR_AUTH);
		assert_null(key);
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

/* The document of a key that is known, and the slot for it. */
static void goes_by_the_document(void **state)
{
	static const struct mint_entry name[] = { { "CN", "A host" }, { NULL, NULL } };
	const struct parties *p = *state;
	struct mint_certificate order = {
		.profile = MINT_HOST_KEY, .subject = name, .key = p->host,
		.issuer_key = p->stranger, .not_after = mint_years_from_now(1),
	};
	struct key_slot slot;
	struct hostkey *key;
	struct error err;
	uint8_t *der = NULL;
	X509 *certificate;
	int size;

	assert_ok(mint_certificate(&certificate, &order, &err), &err);
	size = i2d_X509(certificate, &der);
	assert_true(size > 0);
	assert_ok(hostkey_parse(&key, der, (size_t)size, "x", NULL, &err), &err);
	assert_memory_equal(key->phkh, p->slot.phkh, PHKH_SIZE);
	assert_ok(key_slot_seal(&slot, p->customer, key->key, p->key, &err), &err);
	assert_memory_equal(&slot, &p->slot, sizeof(slot));
	hostkey_free(key);
	OPENSSL_free(der);
	X509_free(certificate);
}

/* The document, keys and slot that IBM's tools are tested with. */
static void goes_by_ibm_document(void **state)
{
	const char *assets = fixture_ibm_assets();
	uint8_t *expected, coord[EC_COORD_SIZE], key[GCM_KEY_SIZE];
	struct secret *exchange;
	EVP_PKEY *customer;
	struct hostkey *host;
	struct key_slot slot;
	struct error err;
	char path[256];

	(void)state;
	if (!assets)
		skip();
	snprintf(path, sizeof(path), "%s/keys/host.pem.crt", assets);
	assert_ok(hostkey_load(&host, path, NULL, &err), &err);
	assert_hex(host->phkh, PHKH_SIZE,
		   "415c25a5d19c381e619733e1c1b7fbd88bdd1c31d882d5ade04b97043c5010f0");
	customer = fixture_ibm_customer_key(assets);
	expected = fixture_ibm_file(assets, "keys/public_cust.bin", EC_COORD_SIZE);
	assert_ok(ec_to_coord(coord, customer, &err), &err);
	assert_memory_equal(coord, expected, EC_COORD_SIZE);
	free(expected);
	assert_ok(ec_exchange(&exchange, customer, host->key, &err), &err);
	assert_hex(secret_view(exchange), 32,
		   "753277558f3b6003419ef249ae3c4b55aad77d09d97fdd1fc88fd8f0cf22f149");
	secret_free(exchange);
	memset(key, 0x17, sizeof(key));
	assert_ok(key_slot_seal(&slot, customer, host->key, key, &err), &err);
	expected = fixture_ibm_file(assets, "exp/keyslot.bin", sizeof(slot));
	assert_memory_equal(&slot, expected, sizeof(slot));
	free(expected);
	EVP_PKEY_free(customer);
	hostkey_free(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(seals_as_computed_elsewhere, seal, drop),
		cmocka_unit_test_setup_teardown(exchanges_as_computed_elsewhere, seal, drop),
		cmocka_unit_test_setup_teardown(opens_for_the_host, seal, drop),
		cmocka_unit_test_setup_teardown(stays_shut_for_others, seal, drop),
		cmocka_unit_test_setup_teardown(notices_every_change, seal, drop),
		cmocka_unit_test_setup_teardown(goes_by_the_document, seal, drop),
		cmocka_unit_test_setup_teardown(goes_by_ibm_document, enter_folder,
						leave_folder),
	};

	return cmocka_run_group_tests_name("keyslot", tests, NULL, NULL);
}
