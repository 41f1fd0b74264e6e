/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hex.h"
#include "folder.h"
#include "image/control_flags.h"
#include "image/se_header.h"
#include "image_fixture.h"

#define ONE_SLOT_SIZE 640

/*
 * Two components: 5000 times "A" at 0x15000 and the word "stage3b" at 0x17000,
 * with keys and randomness that count up. All expected values come from an
 * independent implementation (Python with its cryptography module).
 */
struct vector {
	EVP_PKEY *host, *customer;
	uint8_t header_key[32], iv[12];
	struct se_header_area area;
	struct page_digest_values digests;
	uint64_t pages;
	uint8_t bytes[ONE_SLOT_SIZE];
};

static void encrypt_and_digest(struct vector *v)
{
	static const struct {
		uint64_t address, prefix;
		const char *text;
		size_t repeat;
	} components[] = {
		{ 0x15000, 0x0028010203040506, "A", 5000 },
		{ 0x17000, 0x0046111213141516, "stage3b", 1 },
	};
	struct page_digests *digests;
	struct error err;
	struct xts *xts;

	assert_ok(page_digests_new(&digests, &err), &err);
	assert_ok(xts_new(&xts, v->area.image_key, XTS_ENCRYPT, &err), &err);
	for (size_t i = 0; i < 2; i++) {
		size_t length = strlen(components[i].text);
		size_t size = components[i].repeat * length;
		uint8_t plain[8192] = { 0 }, page[4096];

		for (size_t n = 0; n < components[i].repeat; n++)
			memcpy(plain + n * length, components[i].text, length);
		for (size_t at = 0; at < size; at += 4096) {
			struct page_tweak tweak = { be64(components[i].prefix), be64(at) };

			assert_ok(xts_page(xts, (uint8_t *)&tweak, plain + at, page, &err), &err);
			assert_ok(page_digests_add(digests, page,
						   components[i].address + at,
						   &tweak, &err), &err);
			if (i == 0 && at == 0)
				assert_hex(page, 32,
					   "347e93c8f614b689cb8ffc237eca5953a4231390bebf06a235c0ea6d0aed2125");
		}
	}
	v->pages = page_digests_count(digests);
	assert_ok(page_digests_values(digests, &v->digests, &err), &err);
	page_digests_free(digests);
	xts_free(xts);
}

static int make_vector(void **state)
{
	struct vector *v = calloc(1, sizeof(*v));
	struct error err;

	assert_non_null(v);
	v->host = fixture_key(fixture_host_scalar);
	v->customer = fixture_key(fixture_customer_scalar);
	fixture_count_up(v->header_key, 32, 0x00);
	fixture_count_up(v->area.cck, 32, 0x20);
	fixture_count_up(v->area.image_key, 64, 0x40);
	fixture_count_up(v->iv, 12, 0x80);
	v->area.psw_mask = be64(0x180000000);
	v->area.psw_address = be64(0x17000);
	v->area.scf = be64(SCF_CCK_UPDATE);
	encrypt_and_digest(v);
	assert_ok(se_header_build(v->bytes, &(struct se_header_input){
		.host_keys = &v->host, .host_key_count = 1,
		.customer_key = v->customer, .header_key = v->header_key,
		.iv = v->iv, .area = &v->area, .digests = &v->digests,
		.page_count = v->pages, .pcf = PCF_DEFAULT | PCF_ALLOW_DUMP,
	}, &err), &err);
	*state = v;
	return 0;
}

static int drop_vector(void **state)
{
	struct vector *v = *state;

	EVP_PKEY_free(v->host);
	EVP_PKEY_free(v->customer);
	free(v);
	return 0;
}

static void vector_digests(void **state)
{
	const struct vector *v = *state;

	assert_int_equal(v->pages, 3);
	assert_hex(v->digests.pld, 64,
		   "96cc91ebbd311921df8d461030485269cb9db0bcc455081e3fcb1f17976e741a"
		   "fc475098f4669f64f236907be98e37a310386af7277f62f80ede5943da319257");
	assert_hex(v->digests.ald, 64,
		   "756233ebe18b8b6660317980c09429e42e0c7baabd12ea019625078c9fd079d0"
		   "c472fe99c732f595bfc233ef43ce265d49b775a72ea7aed017ac5e1ceeba87c5");
	assert_hex(v->digests.tld, 64,
		   "158c11d5dfacfce51cf449e23a828190f7211d0e8e6ffc1243896192c86fefdc"
		   "bc857f8686c8a01ce9cb7a5be60081cbcbe0b06a4b720be5eb7a60c8516eee12");
}

static void vector_header(void **state)
{
	const struct vector *v = *state;
	const struct se_header_fixed *fixed = (const struct se_header_fixed *)v->bytes;

	assert_hex(fixed->customer_key, 160,
		   "0000000000000000000000000000"
		   "00772c5c71538bc469c0e289ae0bdb124c914f77d669b088b57088d67817281fcd67"
		   "93ed3642b0be6b6e5998e515d73a3b9022bed82f1279702e03b89735b9bb4294"
		   "0000000000000000000000000000"
		   "00f67d207f88679a88eea2378f2548a653cd082f8c322ebf4b263f92b33718e8da2d"
		   "a6f3754dddfbafc30f45e706d1f1219078ba18f6079f5dca4215c20aeb9ed723");
	assert_hex(v->bytes + 496, 128,
		   "40844c386537c7b6b6a23f1b6a5e840a976f87cc3e853b3d15c4baf38ac103cb"
		   "69ccd654f4fcef65cd4fec061323bfdafcb0b6032ed435d8ee169cbba7fbcf3c"
		   "5a67f942fd77c148cd5d9d64e507ad40e51ff8c143e6de34f6d9b0835a51af26"
		   "fd77da76e4bfe3ef8c95875ad627e333f1baf30e2a437f3edb8c21e0faeb1d01");
	assert_hex(v->bytes + 624, 16, "ff3a18fb516d953ed41e2d939a190e1b");
	assert_sha256(v->bytes, sizeof(v->bytes),
		      "cf8b97e9a667955ace7885337f0b71507540aec4bc2705594308bd24a493f3a5");
}

static void parse_and_open(void **state)
{
	const struct vector *v = *state;
	enum se_header_defect defect = SE_HEADER_NO_MAGIC;
	uint8_t wrong[32] = { 0 };
	struct se_header header;
	struct secret *area;
	struct error err;

	assert_ok(se_header_parse(&header, v->bytes, sizeof(v->bytes), &defect, &err),
		  &err);
	assert_int_equal(defect, SE_HEADER_SOUND);
	assert_int_equal(header.size, ONE_SLOT_SIZE);
	assert_int_equal(header.slot_count, 1);
	assert_ok(se_header_open(&area, &header, v->header_key, &err), &err);
	assert_memory_equal(secret_view(area), &v->area, sizeof(v->area));
	secret_free(area);
	assert_int_equal(se_header_open(&area, &header, wrong, &err), ERR_AUTH);
	assert_null(area);
}

/* Whatever byte is changed, and however: no header comes out of it. */
static void every_changed_byte_is_noticed(void **state)
{
	static const uint8_t changes[] = { 0x01, 0x80, 0xff };
	const struct vector *v = *state;
	size_t refused = 0;

	for (size_t i = 0; i < ONE_SLOT_SIZE; i++) {
		for (size_t c = 0; c < sizeof(changes); c++) {
			uint8_t bytes[ONE_SLOT_SIZE];
			struct se_header header;
			struct secret *area = NULL;
			int rc;

			memcpy(bytes, v->bytes, sizeof(bytes));
			bytes[i] ^= changes[c];
			rc = se_header_parse(&header, bytes, sizeof(bytes), NULL, NULL);
			if (rc == 0)
				rc = se_header_open(&area, &header, v->header_key, NULL);
			assert_null(area);
			refused += rc < 0;
		}
	}
	assert_int_equal(refused, ONE_SLOT_SIZE * sizeof(changes));
}

static void every_cut_is_noticed(void **state)
{
	const struct vector *v = *state;
	struct se_header header;

	for (size_t size = 0; size < ONE_SLOT_SIZE; size++)
		assert_int_equal(se_header_parse(&header, v->bytes, size, NULL, NULL),
				 ERR_FORMAT);
}

/* One defect at a time, named. */
static void defects_are_told_apart(void **state)
{
	static const struct {
		size_t offset, size;
		uint64_t value;
		enum se_header_defect defect;
	} cases[] = {
		{ 0x00, 8, 0, SE_HEADER_NO_MAGIC },
		{ 0x08, 4, 0x200, SE_HEADER_BAD_VERSION },
		{ 0x0c, 4, 0, SE_HEADER_BAD_SIZE },
		{ 0x0c, 4, 639, SE_HEADER_BAD_SIZE },
		{ 0x0c, 4, 641, SE_HEADER_BAD_SIZE },
		{ 0x0c, 4, UINT32_MAX, SE_HEADER_BAD_SIZE },
		{ 0x20, 8, 0, SE_HEADER_NO_SLOTS },
		{ 0x20, 8, 2, SE_HEADER_BAD_SIZE },
		{ 0x20, 8, 96, SE_HEADER_BAD_SIZE },
		{ 0x20, 8, UINT64_MAX, SE_HEADER_BAD_SIZE },
		/* 80 times this wraps around to 80. */
		{ 0x20, 8, 0x1000000000000001, SE_HEADER_BAD_SIZE },
		{ 0x28, 8, 0, SE_HEADER_BAD_AREA_SIZE },
		{ 0x28, 8, 112, SE_HEADER_BAD_AREA_SIZE },
		{ 0x28, 8, 144, SE_HEADER_BAD_AREA_SIZE },
		{ 0x28, 8, UINT64_MAX, SE_HEADER_BAD_AREA_SIZE },
	};
	const struct vector *v = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum se_header_defect defect = SE_HEADER_SOUND;
		uint8_t bytes[ONE_SLOT_SIZE];
		be64_t value = be64(cases[i].value);
		struct se_header header;
		struct error err;

		memcpy(bytes, v->bytes, sizeof(bytes));
		memcpy(bytes + cases[i].offset, value.b + 8 - cases[i].size,
		       cases[i].size);
		assert_int_equal(se_header_parse(&header, bytes, sizeof(bytes),
						 &defect, &err), ERR_FORMAT);
		assert_int_equal(defect, cases[i].defect);
		assert_true(err.cause[0] != '\0');
	}
}

static void optional_items_are_refused(void **state)
{
	struct vector *v = *state;
	struct se_header_area area = v->area;
	uint8_t bytes[ONE_SLOT_SIZE];
	struct se_header header;
	struct secret *opened;
	struct error err;

	area.optional_items = be32(1);
	assert_ok(se_header_build(bytes, &(struct se_header_input){
		.host_keys = &v->host, .host_key_count = 1,
		.customer_key = v->customer, .header_key = v->header_key,
		.iv = v->iv, .area = &area, .digests = &v->digests,
	}, &err), &err);
	assert_ok(se_header_parse(&header, bytes, sizeof(bytes), NULL, &err), &err);
	assert_int_equal(se_header_open(&opened, &header, v->header_key, &err),
			 ERR_UNSUPPORTED);
	assert_null(opened);
}

static void ninety_five_slots_fit(void **state)
{
	struct vector *v = *state;
	EVP_PKEY *hosts[SE_HEADER_MAX_SLOTS + 1];
	uint8_t bytes[SE_HEADER_MAX_SIZE];
	struct se_header_input input = {
		.host_keys = hosts, .host_key_count = SE_HEADER_MAX_SLOTS,
		.customer_key = v->customer, .header_key = v->header_key,
		.iv = v->iv, .area = &v->area, .digests = &v->digests,
	};
	struct se_header header;
	struct secret *area;
	struct error err;

	for (size_t i = 0; i <= SE_HEADER_MAX_SLOTS; i++)
		hosts[i] = v->host;
	assert_int_equal(se_header_size(SE_HEADER_MAX_SLOTS), 8160);
	assert_ok(se_header_build(bytes, &input, &err), &err);
	assert_ok(se_header_parse(&header, bytes, sizeof(bytes), NULL, &err), &err);
	assert_int_equal(header.size, 8160);
	assert_int_equal(header.slot_count, 95);
	assert_ok(se_header_open(&area, &header, v->header_key, &err), &err);
	secret_free(area);
	input.host_key_count = SE_HEADER_MAX_SLOTS + 1;
	assert_int_equal(se_header_build(bytes, &input, &err), ERR_INVALID);
	input.host_key_count = 0;
	assert_int_equal(se_header_build(bytes, &input, &err), ERR_INVALID);
}

/* --- known answers of IBM's own tests --------------------------------------- */

static void ibm_header(void **state)
{
	const char *assets = fixture_ibm_assets();
	struct page_digest_values digests;
	struct se_header_area area = {
		.psw_mask = be64(5678), .psw_address = be64(1234),
	};
	uint8_t bytes[ONE_SLOT_SIZE], key[32], iv[12];
	EVP_PKEY *host, *customer;
	struct error err;

	(void)state;
	if (!assets)
		skip();
	host = fixture_ibm_host_key(assets);
	customer = fixture_ibm_customer_key(assets);
	memset(iv, 0x33, sizeof(iv));
	memset(key, 0x32, sizeof(key));
	memset(area.cck, 0x31, sizeof(area.cck));
	memset(area.image_key, 0x03, sizeof(area.image_key));
	memset(digests.ald, 0x01, sizeof(digests.ald));
	memset(digests.pld, 0x02, sizeof(digests.pld));
	memset(digests.tld, 0x03, sizeof(digests.tld));
	assert_ok(se_header_build(bytes, &(struct se_header_input){
		.host_keys = &host, .host_key_count = 1, .customer_key = customer,
		.header_key = key, .iv = iv, .area = &area, .digests = &digests,
		.page_count = 1,
	}, &err), &err);
	assert_sha256(bytes, sizeof(bytes),
		      "9aea8b257d5a647a4dba1ba49c27c5a37b3770f02c4a8346202e5626df9b8fb5");
	EVP_PKEY_free(host);
	EVP_PKEY_free(customer);
}

static void ibm_real_header(void **state)
{
	const char *assets = fixture_ibm_assets();
	struct se_header header;
	struct error err;
	uint8_t *bytes;

	(void)state;
	if (!assets)
		skip();
	bytes = fixture_ibm_file(assets, "exp/secure_guest.hdr", ONE_SLOT_SIZE);
	assert_ok(se_header_parse(&header, bytes, ONE_SLOT_SIZE, NULL, &err), &err);
	assert_int_equal(header.slot_count, 1);
	assert_int_equal(be64_get(header.fixed->page_count), 64549);
	assert_true(be64_get(header.fixed->pcf) == 0);
	free(bytes);
}

#define on_vector(test) \
	cmocka_unit_test_setup_teardown(test, make_vector, drop_vector)
#define in_folder(test) \
	cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_vector(vector_digests),
		on_vector(vector_header),
		on_vector(parse_and_open),
		on_vector(every_changed_byte_is_noticed),
		on_vector(every_cut_is_noticed),
		on_vector(defects_are_told_apart),
		on_vector(optional_items_are_refused),
		on_vector(ninety_five_slots_fit),
		in_folder(ibm_header),
		in_folder(ibm_real_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
