/* SPDX-License-Identifier: MIT */
/* Add-secret requests byte for byte: our own vectors, and those of IBM's tools. */
#include "unit.h"

#include "folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "image_fixture.h"
#include "secret_fixture.h"

#define EMPTY_ID "0000000000000000000000000000000000000000000000000000000000000000"

/* Compares length, encrypted area, tag and digest of the request for @f's input. */
static void assert_vector(struct secret_fixture *f, size_t length, const char *area,
			  const char *tag, const char *digest)
{
	struct asrcb asrcb;
	struct error err;
	size_t size;
	uint8_t *bytes = secret_fixture_build(f, &size);

	assert_int_equal(size, length);
	assert_ok(asrcb_parse(&asrcb, bytes, size, UINT64_MAX, NULL, &err), &err);
	assert_hex(asrcb.request.area, asrcb.request.area_size, area);
	assert_hex(asrcb.request.tag, GCM_TAG_SIZE, tag);
	assert_sha256(bytes, size, digest);
	free(bytes);
}

static void meta(void **state)
{
	assert_vector(*state, 0x548,
		      "02f276df70d2dca34b81bc74d73ef1a1588534fb10c07bf6ec2a7fbfb8214129",
		      "fe70a35627aeeb9a8b619b44e834740b",
		      "0cc6f06c52482e815445f35d397c351c510fdf6ad3096bf78398fb60fcaca2ac");
}

static void meta_disables_dump_of_one_instance(void **state)
{
	struct secret_fixture *f = *state;

	f->input.flags = ASRCB_DISABLE_DUMP;
	f->input.cuid = f->cuid;
	assert_vector(f, 0x548,
		      "02f276df70d2dca34b81bc74d73ef1a1588534fb10c07bf6ec2a7fbfb8214129",
		      "e93f1a97b32953e649f19f625efd68d9",
		      "ccf6032f59b639a87214d51dcc1cbd079c8e6f6c0449f55967e15a9bec7948a4");
}

static void association_with_derived_extension_secret(void **state)
{
	struct secret_fixture *f = *state;
	struct error err;

	assert_hex(secret_view(f->derived), EXTENSION_SECRET_SIZE,
		   "71974072fda1d52720c1f4cc5190efc792026265d32fbd14f7f34eef4ca96b8f");
	assert_ok(guest_secret_association(&f->secret,
					   s256("vector association value").bytes, &err), &err);
	assert_ok(guest_secret_name(&f->secret, "vector association", false, &err), &err);
	f->input.extension_secret = secret_view(f->derived);
	assert_vector(f, 0x588,
		      "4352293095599715dce43d12e4332d29774e78ecfe2c16987011da73d8857617"
		      "bc5eaeb07e6ada843edb5a725e57ce5a5e4686fc6736cc6533e9a27688cb42b7",
		      "7e0ceff1db31556052bba43e2458bef7",
		      "5be8f93ca96fba5721e6be0e3ec14a23d0cc46d320867c5418b7ce8651d893c2");
}

static void plaintext_under_its_name(void **state)
{
	struct secret_fixture *f = *state;
	struct digest extension = s256("vector ext secret");
	struct error err;

	secret_fixture_retrievable(f, RETRIEVABLE_PLAIN, "hello world", 11);
	assert_ok(guest_secret_name(&f->secret, "vector-plain", true, &err), &err);
	f->input.extension_secret = extension.bytes;
	f->input.user_data = "user data";
	f->input.user_data_size = 9;
	assert_vector(f, 0x578,
		      "02f91eba1cbeb3833ceece18b33ef1a1ef6eba92faf3087654202b1ca01c80d1"
		      "56daf9f1aba18a7ba6ce28ea020df3f5",
		      "258b96026104959572eccea3163b81f7",
		      "5da486717795090f0e9b28452e1757cf802b8751ceda24eb4009b5c69bcfc04c");
}

static void aes_key(void **state)
{
	struct secret_fixture *f = *state;
	struct error err;

	secret_fixture_retrievable(f, RETRIEVABLE_AES, s256("vector aes key").bytes, 32);
	assert_ok(guest_secret_name(&f->secret, "vector aes", false, &err), &err);
	assert_vector(f, 0x588,
		      "3037a0d589e3755210e1bb186d65e2c53c4364653bbbc00338e685bad75f5de0"
		      "cdc9eec283cb0fa31e1aaebe0fc7219dcc44e499b4197171c41aec99c4622938",
		      "a172c57983cab63da49e8cfe8cd7ab35",
		      "983eac4030ef7f8b2767e555cdbaa04370b039e8d40bba0a6acbb02cbdc02062");
}

static void update_cck(void **state)
{
	struct secret_fixture *f = *state;
	struct error err;

	assert_ok(guest_secret_update_cck(&f->secret, s256("vector new cck").bytes, &err), &err);
	/* It has no ID, so naming it changes nothing. */
	assert_ok(guest_secret_name(&f->secret, "name", false, &err), &err);
	assert_hex(f->secret.id, SECRET_ID_SIZE, EMPTY_ID);
	f->input.extension_secret = secret_view(f->derived);
	assert_vector(f, 0x588,
		      "af1183abcc8bc53b2fa409e51b6fc29d20249d678e23b05ca81a1c08ec3acca6"
		      "bc5eaeb07e6ada843edb5a725e57ce5a5e4686fc6736cc6533e9a27688cb42b7",
		      "a76a45859b692d79f41d165bc608cfe2",
		      "a5e36841ed113e80d420b607a178c0411ae40098d4dc619d4b2b1bc5cc3a018e");
}

/* --- IBM's ------------------------------------------------------------------- */

struct ibm_vector {
	const char *name;
	bool association, extension, cuid;
};

static void assert_ibm_vector(const char *assets, const struct ibm_vector *vector,
			      struct asrcb_input input, const struct request_keys *keys)
{
	struct guest_secret secret;
	struct error err;
	uint8_t value[32], extension[32], cuid[16], *bytes, *expected;
	size_t size, expected_size;
	char path[200];

	memset(value, 0x11, sizeof(value));
	memset(extension, 0x17, sizeof(extension));
	memset(cuid, 0x42, sizeof(cuid));
	guest_secret_meta(&secret);
	if (vector->association)
		assert_ok(guest_secret_association(&secret, value, &err), &err);
	assert_ok(guest_secret_name(&secret, "add_secret_request", false, &err), &err);
	input.secret = &secret;
	input.cuid = vector->cuid ? cuid : NULL;
	input.extension_secret = vector->extension ? extension : NULL;
	assert_ok(asrcb_build(&bytes, &size, &input, keys, &err), &err);
	snprintf(path, sizeof(path), "%s/exp/asrcb/%s", assets, vector->name);
	expected = fixture_read(path, &expected_size);
	assert_int_equal(size, expected_size);
	assert_memory_equal(bytes, expected, size);
	guest_secret_free(&secret);
	free(bytes);
	free(expected);
}

static void ibm_vectors(void **state)
{
	static const struct ibm_vector vectors[] = {
		{ "null_none_default_ncuid_one", false, false, false },
		{ "null_none_default_cuid_one", false, false, true },
		{ "null_simple_default_cuid_one", false, true, true },
		{ "assoc_none_default_cuid_one", true, false, true },
		{ "assoc_simple_default_cuid_one", true, true, true },
	};
	const char *assets = fixture_ibm_assets();
	struct request_keys keys;
	struct image_tags image;
	EVP_PKEY *host;

	(void)state;
	if (!assets)
		skip();
	host = fixture_ibm_host_key(assets);
	keys = (struct request_keys){
		.customer = fixture_ibm_customer_key(assets), .protection = secret_new(GCM_KEY_SIZE) };
	memset(secret_bytes(keys.protection), 0x17, GCM_KEY_SIZE);
	memset(keys.iv, 0x55, sizeof(keys.iv));
	memset(image.digests.pld, 1, SHA512_SIZE);
	memset(image.digests.ald, 2, SHA512_SIZE);
	memset(image.digests.tld, 3, SHA512_SIZE);
	memset(image.tag, 4, sizeof(image.tag));
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		assert_ibm_vector(assets, &vectors[i],
				  (struct asrcb_input){ .hosts = { &host, 1 }, .image = &image },
				  &keys);
	EVP_PKEY_free(host);
	request_keys_free(&keys);
}

/* Results that the tests of IBM's tools print. */
static void ibm_results(void **state)
{
	const uint8_t cck[CCK_SIZE] = { 0 };
	uint8_t tag[GCM_TAG_SIZE], id[SECRET_ID_SIZE];
	struct secret *derived;
	struct error err;
	char hex[65];

	(void)state;
	memset(tag, 4, sizeof(tag));
	assert_ok(extension_secret_derive(&derived, cck, tag, &err), &err);
	hex_encode(hex, secret_view(derived), EXTENSION_SECRET_SIZE);
	assert_memory_equal(hex, "b7e28c1e", 8);
	assert_string_equal(hex + 60, "6473");
	secret_free(derived);
	assert_ok(secret_id_from_hash(id, "add_secret_request", &err), &err);
	hex_encode(hex, id, sizeof(id));
	assert_memory_equal(hex, "70dc758d", 8);
	assert_string_equal(hex + 60, "76a9");
}

#define vector(test) \
	cmocka_unit_test_setup_teardown(test, secret_fixture_new, secret_fixture_free)

int main(void)
{
	const struct CMUnitTest tests[] = {
		vector(meta),
		vector(meta_disables_dump_of_one_instance),
		vector(association_with_derived_extension_secret),
		vector(plaintext_under_its_name),
		vector(aes_key),
		vector(update_cck),
		cmocka_unit_test_setup_teardown(ibm_vectors, enter_folder, leave_folder),
		cmocka_unit_test(ibm_results),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
