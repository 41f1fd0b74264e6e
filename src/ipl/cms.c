/* SPDX-License-Identifier: MIT */
#include "ipl/cms.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/crypto.h"

struct cms_check {
	BIO *content;             /* digests what is written to it */
	CMS_ContentInfo *message; /* @der taken apart, for looking at */
	size_t size;
	uint8_t der[CMS_SIGNATURE_MAX];
};

/* Describes a failure whose details in OpenSSL's queue nobody needs. */
static int refuse(struct error *err, int code, const char *why)
{
	ERR_clear_error();
	return error_set(err, code, "%s", why);
}

/* Is @cms, encoded in the one way that DER allows, @der again? */
static bool is_der(CMS_ContentInfo *cms, const uint8_t *der, size_t size)
{
	uint8_t *again = NULL;
	int length = i2d_CMS_ContentInfo(cms, &again);
	bool same = length > 0 && (size_t)length == size && memcmp(again, der, size) == 0;

	OPENSSL_free(again);
	return same;
}

static CMS_ContentInfo *parse(const struct cms_check *check)
{
	const uint8_t *at = check->der;

	return d2i_CMS_ContentInfo(NULL, &at, (long)check->size);
}

static int check_encoding(CMS_ContentInfo *cms, const struct cms_check *check,
			  struct error *err)
{
	if (cms && is_der(cms, check->der, check->size))
		return 0;
	return refuse(err, ERR_FORMAT, "The signature is not one CMS object in DER");
}

/* The one signer of a detached SignedData. */
static int find_signer(CMS_SignerInfo **out, CMS_ContentInfo *cms, struct error *err)
{
	STACK_OF(CMS_SignerInfo) *signers;

	if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed)
		return refuse(err, ERR_FORMAT, "The signature is no CMS SignedData");
	if (CMS_is_detached(cms) != 1)
		return refuse(err, ERR_FORMAT,
			      "The signature brings content of its own: it is not detached");
	signers = CMS_get0_SignerInfos(cms);
	if (sk_CMS_SignerInfo_num(signers) != 1)
		return refuse(err, ERR_FORMAT, "The signature has not exactly one signer");
	*out = sk_CMS_SignerInfo_value(signers, 0);
	return 0;
}

static int algorithm_nid(const X509_ALGOR *algorithm)
{
	const ASN1_OBJECT *object;

	X509_ALGOR_get0(&object, NULL, NULL, algorithm);
	return OBJ_obj2nid(object);
}

/* The digest that the signer used; both places that may name it must agree. */
static int find_digest(const EVP_MD **out, CMS_SignerInfo *signer, struct error *err)
{
	X509_ALGOR *digest, *signature;
	int nid, implied;

	CMS_SignerInfo_get0_algs(signer, NULL, NULL, &digest, &signature);
	nid = algorithm_nid(digest);
	if (nid != NID_sha256 && nid != NID_sha384 && nid != NID_sha512)
		return refuse(err, ERR_UNSUPPORTED,
			      "The signature's digest is none of SHA-256, SHA-384 and SHA-512");
	if (OBJ_find_sigid_algs(algorithm_nid(signature), &implied, NULL) &&
	    implied != NID_undef && implied != nid)
		return refuse(err, ERR_FORMAT,
			      "The signature names two different digests");
	*out = EVP_get_digestbynid(nid);
	return 0;
}

/* A digest that can be forked, in front of a sink that keeps nothing. */
static BIO *digesting_sink(const EVP_MD *digest)
{
	BIO *filter = BIO_new(BIO_f_md()), *sink = BIO_new(BIO_s_null());

	if (filter && sink && BIO_set_md(filter, digest) == 1)
		return BIO_push(filter, sink);
	BIO_free(filter);
	BIO_free(sink);
	return NULL;
}

static int start_check(struct cms_check *check, struct error *err)
{
	const EVP_MD *digest = NULL;
	CMS_SignerInfo *signer = NULL;
	int rc;

	check->message = parse(check);
	rc = check_encoding(check->message, check, err);
	if (!rc)
		rc = find_signer(&signer, check->message, err);
	if (!rc)
		rc = find_digest(&digest, signer, err);
	if (rc)
		return rc;
	check->content = digesting_sink(digest);
	return check->content ? 0 : crypto_error(err, "Cannot start a digest");
}

int cms_check_new(struct cms_check **out, const void *der, size_t size,
		  struct error *err)
{
	struct cms_check *check;
	int rc;

	*out = NULL;
	if (size == 0 || size > CMS_SIGNATURE_MAX)
		return error_set(err, ERR_FORMAT,
				 "The signature has %zu bytes; 1 to %d are possible",
				 size, CMS_SIGNATURE_MAX);
	check = calloc(1, sizeof(*check));
	if (!check)
		return error_set(err, ERR_NOMEM, "Out of memory");
	memcpy(check->der, der, size);
	check->size = size;
	rc = start_check(check, err);
	if (rc)
		cms_check_free(check);
	else
		*out = check;
	return rc;
}

int cms_check_add(struct cms_check *check, const void *data, size_t size,
		  struct error *err)
{
	const uint8_t *at = data;

	while (size > 0) {
		int part = size < INT_MAX ? (int)size : INT_MAX;

		if (BIO_write(check->content, at, part) != part)
			return crypto_error(err, "Cannot digest the content");
		at += part;
		size -= (size_t)part;
	}
	return 0;
}

bool cms_check_names(const struct cms_check *check, X509 *certificate)
{
	CMS_SignerInfo *signer = NULL;

	return find_signer(&signer, check->message, NULL) == 0 &&
	       CMS_SignerInfo_cert_cmp(signer, certificate) == 0;
}

static bool key_is_supported(X509 *certificate)
{
	const EVP_PKEY *key = X509_get0_pubkey(certificate);
	int kind = key ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE;

	return kind == EVP_PKEY_RSA || kind == EVP_PKEY_RSA_PSS || kind == EVP_PKEY_EC;
}

/*
 * With signed attributes the signature is about them, and one of them is the
 * content's digest; without, about the content itself.
 */
static bool signer_fits(CMS_SignerInfo *signer, BIO *content)
{
	if (CMS_signed_get_attr_count(signer) >= 0 && CMS_SignerInfo_verify(signer) != 1)
		return false;
	return CMS_SignerInfo_verify_content(signer, content) == 1;
}

/*
 * The signature is taken apart anew for every certificate: OpenSSL leaves traces
 * of a verification in the object.
 */
int cms_check_signer(struct cms_check *check, X509 *certificate, struct error *err)
{
	CMS_SignerInfo *signer;
	CMS_ContentInfo *cms;
	int rc;

	if (!key_is_supported(certificate))
		return refuse(err, ERR_UNSUPPORTED,
			      "The certificate's key is neither RSA nor on an elliptic curve");
	cms = parse(check);
	if (!cms)
		return crypto_error(err, "Cannot take the signature apart again");
	rc = find_signer(&signer, cms, err);
	if (!rc) {
		CMS_SignerInfo_set1_signer_cert(signer, certificate);
		if (!signer_fits(signer, check->content))
			rc = refuse(err, ERR_AUTH,
				    "The signature is not by the owner of the certificate, or the content was changed");
	}
	CMS_ContentInfo_free(cms);
	return rc;
}

void cms_check_free(struct cms_check *check)
{
	if (!check)
		return;
	BIO_free_all(check->content);
	CMS_ContentInfo_free(check->message);
	free(check);
}
