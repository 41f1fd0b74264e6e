/* SPDX-License-Identifier: MIT */
/* Detached signatures: whose is accepted, and what is no signature at all. */
#include "unit.h"

#include <string.h>

#include "boot_pki.h"
#include "ipl/cms.h"

static const char content[] = "a component that somebody signed";

static struct boot_bytes signature;

static int judge(const void *data, size_t size, X509 *certificate, struct error *err)
{
	struct cms_check *check;
	int rc = cms_check_new(&check, signature.bytes, signature.size, err);

	if (!rc)
		rc = cms_check_add(check, data, size, err);
	if (!rc)
		rc = cms_check_signer(check, certificate, err);
	cms_check_free(check);
	return rc;
}

static void assert_good(X509 *certificate)
{
	struct error err = { 0 };

	assert_ok(judge(content, sizeof(content), certificate, &err), &err);
}

static void assert_bad(int expected, const char *words)
{
	X509 *certificate = boot_certificate_for(BOOT_RSA);
	struct error err = { 0 };

	assert_int_equal(judge(content, sizeof(content), certificate, &err), expected);
	if (!strstr(err.message, words))
		fail_msg("'%s' does not mention '%s'", err.message, words);
	X509_free(certificate);
}

static void sign_with(enum boot_key key, X509 *certificate, const EVP_MD *digest,
		      unsigned flags)
{
	boot_sign(&signature, content, sizeof(content), key, certificate, digest, flags);
}

/* Signs as @flags say, and has it judged by the signer's certificate. */
static void accept(enum boot_key key, const EVP_MD *digest, unsigned flags)
{
	X509 *certificate = boot_certificate_for(key);

	sign_with(key, certificate, digest, flags);
	assert_good(certificate);
	X509_free(certificate);
}

static void keys_and_digests(void **state)
{
	static const enum boot_key keys[] = { BOOT_RSA, BOOT_P256, BOOT_P384, BOOT_P521 };
	const EVP_MD *digests[] = { EVP_sha256(), EVP_sha384(), EVP_sha512() };

	(void)state;
	for (unsigned k = 0; k < 4; k++) {
		for (unsigned d = 0; d < 3; d++) {
			accept(keys[k], digests[d], BOOT_LIKE_SIGN_FILE);
			accept(keys[k], digests[d], CMS_NOCERTS); /* signed attributes */
		}
	}
}

static void ways_to_name_the_signer(void **state)
{
	(void)state;
	accept(BOOT_RSA, EVP_sha256(), BOOT_LIKE_SIGN_FILE | CMS_USE_KEYID);
	accept(BOOT_P521, EVP_sha512(), CMS_NOCERTS | CMS_USE_KEYID);
	accept(BOOT_RSA, EVP_sha256(), CMS_NOATTR); /* brings its certificate */
}

static void padding_pss(void **state)
{
	X509 *certificate = boot_certificate_for(BOOT_RSA);
	unsigned flags = CMS_BINARY | CMS_DETACHED | CMS_PARTIAL | CMS_NOSMIMECAP |
			 BOOT_LIKE_SIGN_FILE | CMS_KEY_PARAM;
	BIO *in = BIO_new_mem_buf(content, sizeof(content));
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
	CMS_SignerInfo *signer;
	uint8_t *at = signature.bytes;

	(void)state;
	signer = CMS_add1_signer(cms, certificate, boot_key(BOOT_RSA), EVP_sha256(), flags);
	assert_non_null(signer);
	assert_true(EVP_PKEY_CTX_ctrl_str(CMS_SignerInfo_get0_pkey_ctx(signer),
					  "rsa_padding_mode", "pss") > 0);
	assert_int_equal(CMS_final(cms, in, NULL, flags), 1);
	signature.size = (size_t)i2d_CMS_ContentInfo(cms, &at);
	assert_good(certificate);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	X509_free(certificate);
}

static void names_do_not_matter(void **state)
{
	X509 *certificate = boot_certificate_for(BOOT_RSA);
	X509 *renamed = boot_certificate(&(struct boot_order){ BOOT_RSA, .name = "Else" });
	X509 *expired = boot_certificate(&(struct boot_order){
		BOOT_RSA, .not_before = 1000000000, .not_after = 1100000000 });

	(void)state;
	sign_with(BOOT_RSA, certificate, EVP_sha256(), BOOT_LIKE_SIGN_FILE);
	assert_good(renamed);
	assert_good(expired);
	X509_free(certificate);
	X509_free(renamed);
	X509_free(expired);
}

static void another_key(void **state)
{
	X509 *signer = boot_certificate_for(BOOT_OTHER_RSA);
	X509 *curve = boot_certificate_for(BOOT_P256);

	(void)state;
	sign_with(BOOT_OTHER_RSA, signer, EVP_sha256(), BOOT_LIKE_SIGN_FILE);
	assert_bad(ERR_AUTH, "not by the owner");
	/* Its own certificate makes no difference. */
	sign_with(BOOT_OTHER_RSA, signer, EVP_sha256(), CMS_NOATTR);
	assert_bad(ERR_AUTH, "not by the owner");
	sign_with(BOOT_P256, curve, EVP_sha256(), CMS_NOCERTS);
	assert_bad(ERR_AUTH, "not by the owner");
	X509_free(signer);
	X509_free(curve);
}

static void kind_of_key(void **state)
{
	X509 *signer = boot_certificate_for(BOOT_RSA);
	X509 *edwards = boot_certificate_for(BOOT_ED25519);
	struct error err = { 0 };

	(void)state;
	sign_with(BOOT_RSA, signer, EVP_sha256(), BOOT_LIKE_SIGN_FILE);
	assert_int_equal(judge(content, sizeof(content), edwards, &err), ERR_UNSUPPORTED);
	X509_free(signer);
	X509_free(edwards);
}

static void changed_content(void **state)
{
	X509 *certificate = boot_certificate_for(BOOT_RSA);
	char changed[sizeof(content)];
	struct error err;

	(void)state;
	for (unsigned attributes = 0; attributes < 2; attributes++) {
		sign_with(BOOT_RSA, certificate, EVP_sha256(),
			  attributes ? CMS_NOCERTS : BOOT_LIKE_SIGN_FILE);
		memcpy(changed, content, sizeof(content));
		changed[7] ^= 1;
		assert_int_equal(judge(changed, sizeof(changed), certificate, &err), ERR_AUTH);
		assert_int_equal(judge(content, sizeof(content) - 1, certificate, &err),
				 ERR_AUTH);
		assert_int_equal(judge("", 0, certificate, &err), ERR_AUTH);
	}
	X509_free(certificate);
}

static void changed_signature(void **state)
{
	X509 *certificate = boot_certificate_for(BOOT_P384);

	(void)state;
	for (unsigned attributes = 0; attributes < 2; attributes++) {
		sign_with(BOOT_P384, certificate, EVP_sha384(),
			  attributes ? CMS_NOCERTS : BOOT_LIKE_SIGN_FILE);
		/* Not one bit may be turned that counts: those of names do not. */
		for (size_t i = signature.size - 90; i < signature.size; i++) {
			struct error err;

			signature.bytes[i] ^= 1;
			assert_int_not_equal(judge(content, sizeof(content), certificate, &err),
					     0);
			signature.bytes[i] ^= 1;
		}
		assert_good(certificate);
	}
	X509_free(certificate);
}

static void weak_digests(void **state)
{
	X509 *certificate = boot_certificate_for(BOOT_RSA);
	const EVP_MD *digests[] = { EVP_sha1(), EVP_md5(), EVP_sha224() };

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		sign_with(BOOT_RSA, certificate, digests[i], BOOT_LIKE_SIGN_FILE);
		assert_bad(ERR_UNSUPPORTED, "digest is none of");
	}
	X509_free(certificate);
}

/* sha256WithRSAEncryption where rsaEncryption stood, or another digest's. */
static void digest_of_the_algorithm(void **state)
{
	X509 *certificate = boot_certificate_for(BOOT_P256);
	uint8_t ecdsa_sha256[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02 };
	uint8_t *at;

	(void)state;
	sign_with(BOOT_P256, certificate, EVP_sha256(), BOOT_LIKE_SIGN_FILE);
	at = memmem(signature.bytes, signature.size, ecdsa_sha256, sizeof(ecdsa_sha256));
	assert_non_null(at);
	at[7] = 3; /* ecdsa-with-SHA384 */
	assert_bad(ERR_FORMAT, "two different digests");
	X509_free(certificate);
}

static void not_one_object(void **state)
{
	X509 *certificate = boot_certificate_for(BOOT_RSA);
	size_t whole;

	(void)state;
	sign_with(BOOT_RSA, certificate, EVP_sha256(), BOOT_LIKE_SIGN_FILE);
	whole = signature.size;
	for (signature.size = 1; signature.size < whole; signature.size++)
		assert_bad(ERR_FORMAT, "not one CMS object in DER");
	signature.bytes[signature.size++] = 0;
	assert_bad(ERR_FORMAT, "not one CMS object in DER");
	memcpy(signature.bytes + whole, signature.bytes, whole);
	signature.size = 2 * whole;
	assert_bad(ERR_FORMAT, "not one CMS object in DER");
	signature.size = 0;
	assert_bad(ERR_FORMAT, "0 bytes");
	signature.size = CMS_SIGNATURE_MAX + 1;
	assert_bad(ERR_FORMAT, "4097 bytes");
	memset(signature.bytes, 0, 64);
	signature.size = 64;
	assert_bad(ERR_FORMAT, "not one CMS object in DER");
	X509_free(certificate);
}

/* The outer length in a longer form than DER has it: the same content, but BER. */
static void not_der(void **state)
{
	X509 *certificate = boot_certificate_for(BOOT_RSA);
	struct boot_bytes ber;

	(void)state;
	sign_with(BOOT_RSA, certificate, EVP_sha256(), BOOT_LIKE_SIGN_FILE);
	assert_int_equal(signature.bytes[1], 0x82);
	ber.size = signature.size + 1;
	memcpy(ber.bytes, (uint8_t[]){ 0x30, 0x83, 0x00 }, 3);
	memcpy(ber.bytes + 3, signature.bytes + 2, signature.size - 2);
	signature = ber;
	assert_bad(ERR_FORMAT, "not one CMS object in DER");
	X509_free(certificate);
}

static void not_detached(void **state)
{
	X509 *certificate = boot_certificate_for(BOOT_RSA);
	BIO *in = BIO_new_mem_buf(content, sizeof(content));
	CMS_ContentInfo *cms = CMS_sign(certificate, boot_key(BOOT_RSA), NULL, in,
					CMS_BINARY | CMS_NOCERTS | CMS_NOATTR);
	uint8_t *at = signature.bytes;

	(void)state;
	signature.size = (size_t)i2d_CMS_ContentInfo(cms, &at);
	assert_bad(ERR_FORMAT, "content of its own");
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	X509_free(certificate);
}

static void another_type(void **state)
{
	BIO *in = BIO_new_mem_buf(content, sizeof(content));
	CMS_ContentInfo *cms = CMS_data_create(in, 0);
	uint8_t *at = signature.bytes;

	(void)state;
	signature.size = (size_t)i2d_CMS_ContentInfo(cms, &at);
	assert_bad(ERR_FORMAT, "no CMS SignedData");
	CMS_ContentInfo_free(cms);
	BIO_free(in);
}

/* A signature by @count signers, all of them good. */
static void sign_together(unsigned count)
{
	X509 *certificate = boot_certificate_for(BOOT_RSA);
	unsigned flags = CMS_BINARY | CMS_DETACHED | CMS_PARTIAL | BOOT_LIKE_SIGN_FILE;
	BIO *in = BIO_new_mem_buf(content, sizeof(content));
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
	uint8_t *at = signature.bytes;

	for (unsigned i = 0; i < count; i++)
		assert_non_null(CMS_add1_signer(cms, certificate, boot_key(BOOT_RSA),
						EVP_sha256(), flags));
	assert_int_equal(CMS_final(cms, in, NULL, flags), count > 0);
	signature.size = (size_t)i2d_CMS_ContentInfo(cms, &at);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	X509_free(certificate);
}

static void number_of_signers(void **state)
{
	(void)state;
	sign_together(0);
	assert_bad(ERR_FORMAT, "not exactly one signer");
	sign_together(2);
	assert_bad(ERR_FORMAT, "not exactly one signer");
}

/* One check serves any number of certificates, in any order. */
static void certificates_in_turn(void **state)
{
	X509 *right = boot_certificate_for(BOOT_RSA);
	X509 *wrong = boot_certificate_for(BOOT_OTHER_RSA);
	struct cms_check *check;
	struct error err = { 0 };

	(void)state;
	for (unsigned attributes = 0; attributes < 2; attributes++) {
		sign_with(BOOT_RSA, right, EVP_sha512(),
			  attributes ? CMS_NOCERTS : BOOT_LIKE_SIGN_FILE);
		assert_ok(cms_check_new(&check, signature.bytes, signature.size, &err), &err);
		for (size_t i = 0; i < sizeof(content); i++)
			assert_ok(cms_check_add(check, content + i, 1, &err), &err);
		assert_int_equal(cms_check_signer(check, wrong, &err), ERR_AUTH);
		assert_ok(cms_check_signer(check, right, &err), &err);
		assert_int_equal(cms_check_signer(check, wrong, &err), ERR_AUTH);
		assert_ok(cms_check_signer(check, right, &err), &err);
		cms_check_free(check);
	}
	X509_free(right);
	X509_free(wrong);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_and_digests),
		cmocka_unit_test(ways_to_name_the_signer),
		cmocka_unit_test(padding_pss),
		cmocka_unit_test(names_do_not_matter),
		cmocka_unit_test(another_key),
		cmocka_unit_test(kind_of_key),
		cmocka_unit_test(changed_content),
		cmocka_unit_test(changed_signature),
		cmocka_unit_test(weak_digests),
		cmocka_unit_test(digest_of_the_algorithm),
		cmocka_unit_test(not_one_object),
		cmocka_unit_test(not_der),
		cmocka_unit_test(not_detached),
		cmocka_unit_test(another_type),
		cmocka_unit_test(number_of_signers),
		cmocka_unit_test(certificates_in_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
