/* SPDX-License-Identifier: MIT */
/* Signatures made here, verified by what a machine verifies them with. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "ipl/bootmap.h"
#include "ipl/cms.h"
#include "ipl/sign.h"
#include "ipl/signature_info.h"

static const char content[] = "a component";

/* A key of a kind with its certificate. */
static struct sign_signer make_signer(const char *kind, const char *digest)
{
	struct sign_signer signer = { .digest = digest };
	struct sign_certificate order = { .common_name = "Test", .days = 2 };
	struct error err;

	assert_ok(sign_key_generate(&signer.key, kind, &err), &err);
	order.key = signer.key;
	assert_ok(sign_certificate_make(&signer.certificate, &order, &err), &err);
	return signer;
}

static void free_signer(struct sign_signer *signer)
{
	EVP_PKEY_free(signer->key);
	X509_free(signer->certificate);
}

/* 0 when the signature fits the first @size bytes at @bytes. */
static int verify(const void *bytes, size_t size, const uint8_t *der, size_t der_size,
		  const struct sign_signer *signer)
{
	struct cms_check *check;
	struct error err;
	int rc;

	assert_ok(cms_check_new(&check, der, der_size, &err), &err);
	assert_ok(cms_check_add(check, bytes, size, &err), &err);
	rc = cms_check_signer(check, signer->certificate, NULL);
	cms_check_free(check);
	return rc;
}

static void expect_verified(const struct sign_signer *signer)
{
	struct signature_info info;
	struct error err;
	uint8_t *der;
	size_t size;

	assert_ok(sign_signer_check(signer, &err), &err);
	assert_ok(sign_detached(&der, &size, content, sizeof(content), signer, &err), &err);
	assert_true(size <= SIGNATURE_SIZE_MAX);
	assert_int_equal(verify(content, sizeof(content), der, size, signer), 0);
	assert_int_equal(verify(content, sizeof(content) - 1, der, size, signer), ERR_AUTH);
	assert_true(signature_info_read(&info, der, size));
	assert_false(info.attributes);
	assert_int_equal(info.certificates, 0);
	assert_int_equal(info.key_id[0] != '\0', signer->by_key_id);
	free(der);
}

static void every_kind_of_key_and_digest(void **state)
{
	static const char *const kinds[] = { "rsa2048", "p256", "p384", "p521" };
	static const char *const digests[] = { "sha256", "sha384", "sha512" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct sign_signer signer = make_signer(kinds[i], "sha256");

		for (size_t j = 0; j < 3; j++) {
			signer.digest = digests[j];
			signer.by_key_id = j == 1;
			expect_verified(&signer);
		}
		free_signer(&signer);
	}
}

static void nothing_at_all_can_be_signed_too(void **state)
{
	struct sign_signer signer = make_signer("p256", "sha256");
	struct error err;
	uint8_t *der;
	size_t size;

	(void)state;
	assert_ok(sign_detached(&der, &size, NULL, 0, &signer, &err), &err);
	assert_int_equal(verify("", 0, der, size, &signer), 0);
	free(der);
	free_signer(&signer);
}

static void key_and_certificate_have_to_fit(void **state)
{
	struct sign_signer one = make_signer("p256", "sha256");
	struct sign_signer other = make_signer("p256", "sha256");
	struct sign_signer mixed = { .key = one.key, .certificate = other.certificate,
				     .digest = "sha256" };

	(void)state;
	assert_int_equal(sign_signer_check(&mixed, NULL), ERR_INVALID);
	one.digest = "sha1";
	assert_int_equal(sign_signer_check(&one, NULL), ERR_INVALID);
	one.digest = "sha";
	assert_int_equal(sign_signer_check(&one, NULL), ERR_INVALID);
	one.digest = "sha256 sha384";
	assert_int_equal(sign_signer_check(&one, NULL), ERR_INVALID);
	free_signer(&one);
	free_signer(&other);
}

static void impossible_orders(void **state)
{
	struct sign_signer signer = make_signer("p256", "sha256");
	struct sign_certificate order = { .common_name = "", .days = 1, .key = signer.key };
	EVP_PKEY *key;
	X509 *certificate;

	(void)state;
	assert_int_equal(sign_certificate_make(&certificate, &order, NULL), ERR_INVALID);
	order.common_name = "Test";
	order.days = 0;
	assert_int_equal(sign_certificate_make(&certificate, &order, NULL), ERR_INVALID);
	order.days = 400000;
	assert_int_equal(sign_certificate_make(&certificate, &order, NULL), ERR_INVALID);
	/* Its certificate is not a CA's. */
	order.days = 1;
	order.issuer = signer.certificate;
	order.issuer_key = signer.key;
	assert_int_equal(sign_certificate_make(&certificate, &order, NULL), ERR_INVALID);
	assert_null(certificate);
	assert_int_equal(sign_key_generate(&key, "rsa512", NULL), ERR_INVALID);
	assert_null(key);
	free_signer(&signer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_key_and_digest),
		cmocka_unit_test(nothing_at_all_can_be_signed_too),
		cmocka_unit_test(key_and_certificate_have_to_fit),
		cmocka_unit_test(impossible_orders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
