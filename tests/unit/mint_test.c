/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/ec.h"
#include "hostkey/mint.h"
#include "hostkey_fixture.h"

static X509 *read_minted(const char *file)
{
	struct error err;
	X509 *certificate;

	assert_ok(mint_read_certificate(&certificate, file, &err), &err);
	return certificate;
}

static void marks_everything_as_simulated(void **state)
{
	static const char *const files[] = {
		"pki/root_ca.crt", "pki/inter_ca.crt", "pki/ibm.crt", "pki/host.crt",
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		X509 *certificate = read_minted(files[i]);
		ASN1_IA5STRING *comment = X509_get_ext_d2i(certificate, NID_netscape_comment,
							   NULL, NULL);

		assert_non_null(comment);
		assert_string_equal(ASN1_STRING_get0_data(comment), MINT_COMMENT);
		ASN1_IA5STRING_free(comment);
		X509_free(certificate);
	}
}

static void gives_each_kind_its_uses(void **state)
{
	static const struct {
		const char *file;
		uint32_t usage;
		bool ca;
		int digest;
	} rows[] = {
		{ "pki/root_ca.crt", KU_KEY_CERT_SIGN | KU_CRL_SIGN, true, NID_sha256 },
		{ "pki/inter_ca.crt", KU_KEY_CERT_SIGN | KU_CRL_SIGN, true, NID_sha256 },
		{ "pki/ibm.crt", KU_DIGITAL_SIGNATURE, false, NID_sha256 },
		{ "pki/host.crt", KU_KEY_AGREEMENT, false, NID_sha512 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		X509 *certificate = read_minted(rows[i].file);
		int digest = NID_undef;

		assert_int_equal(X509_get_version(certificate), X509_VERSION_3);
		assert_int_equal(X509_get_key_usage(certificate), rows[i].usage);
		assert_int_equal(X509_check_ca(certificate) == 1, rows[i].ca);
		assert_int_equal(X509_get_signature_info(certificate, &digest, NULL, NULL, NULL), 1);
		assert_int_equal(digest, rows[i].digest);
		assert_non_null(X509_get0_subject_key_id(certificate));
		X509_free(certificate);
	}
}

static void leaves_out_what_is_not_wanted(void **state)
{
	X509 *without = read_minted("pki/host_no_akid.crt");
	X509 *with = read_minted("pki/host.crt");

	(void)state;
	assert_null(X509_get0_authority_key_id(without));
	assert_non_null(X509_get0_authority_key_id(with));
	assert_int_equal(X509_get_ext_by_NID(with, NID_crl_distribution_points, -1), -1);
	X509_free(without);
	X509_free(with);
}

static void draws_positive_serials(void **state)
{
	X509 *a = read_minted("pki/host.crt"), *b = read_minted("pki/host2.crt");

	(void)state;
	assert_int_not_equal(ASN1_INTEGER_cmp(X509_get0_serialNumber(a),
					      X509_get0_serialNumber(b)), 0);
	assert_int_equal(ASN1_STRING_length(X509_get0_serialNumber(a)), 16);
	assert_int_equal(X509_get0_serialNumber(a)->type, V_ASN1_INTEGER);
	X509_free(a);
	X509_free(b);
}

static void says_what_it_cannot_read(void **state)
{
	X509 *certificate;
	struct error err;

	(void)state;
	assert_int_equal(mint_read_certificate(&certificate, "pki/host.key", &err), ERR_FORMAT);
	assert_null(certificate);
	assert_says(&err, "pki/host.key");
	assert_int_equal(mint_read_certificate(&certificate, "pki/absent.crt", &err), ERR_IO);
}

static void refuses_an_unknown_digest(void **state)
{
	static const struct mint_entry name[] = { { "CN", "Nobody" }, { NULL, NULL } };
	struct error err;
	X509 *certificate;
	X509_CRL *crl;
	EVP_PKEY *key;

	(void)state;
	assert_ok(ec_generate(&key, &err), &err);
	assert_int_equal(mint_certificate(&certificate, &(struct mint_certificate){
		.profile = MINT_HOST_KEY, .subject = name, .key = key, .issuer_key = key,
		.not_after = mint_years_from_now(1), .digest = "NONSENSE",
	}, &err), ERR_CRYPTO);
	assert_null(certificate);
	certificate = read_minted("pki/ibm.crt");
	/* A key that did not make the issuer's certificate may sign; an odd digest not. */
	assert_int_equal(mint_crl(&crl, &(struct mint_crl){
		.issuer = certificate, .issuer_key = key, .digest = "NONSENSE",
	}, &err), ERR_CRYPTO);
	assert_null(crl);
	X509_free(certificate);
	EVP_PKEY_free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_everything_as_simulated),
		cmocka_unit_test(gives_each_kind_its_uses),
		cmocka_unit_test(leaves_out_what_is_not_wanted),
		cmocka_unit_test(draws_positive_serials),
		cmocka_unit_test(says_what_it_cannot_read),
		cmocka_unit_test(refuses_an_unknown_digest),
	};

	return cmocka_run_group_tests_name("mint", tests, hostkey_enter, hostkey_leave);
}
