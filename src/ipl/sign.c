/* SPDX-License-Identifier: MIT */
#include "ipl/sign.h"

#include <limits.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/crypto.h"

/* Only what boot loaders verify (SIGN_DIGESTS); NULL for anything else. */
static const EVP_MD *digest_by_name(const char *name)
{
	if (strcmp(name, "sha256") == 0)
		return EVP_sha256();
	if (strcmp(name, "sha384") == 0)
		return EVP_sha384();
	if (strcmp(name, "sha512") == 0)
		return EVP_sha512();
	return NULL;
}

int sign_signer_check(const struct sign_signer *signer, struct error *err)
{
	if (!digest_by_name(signer->digest))
		return error_set(err, ERR_INVALID, "'%s' is none of the digests %s",
				 signer->digest, SIGN_DIGESTS);
	if (X509_check_private_key(signer->certificate, signer->key) != 1) {
		ERR_clear_error();
		return error_set(err, ERR_INVALID,
				 "The private key does not belong to the certificate");
	}
	if (signer->by_key_id && !X509_get0_subject_key_id(signer->certificate))
		return error_set(err, ERR_INVALID,
				 "The certificate has no subject key identifier to name the signer by");
	return 0;
}

/* --- Making --------------------------------------------------------------------- */

/* What sign-file asks for: the content stays outside, nothing is added to it. */
#define STRUCTURE_FLAGS (CMS_NOCERTS | CMS_PARTIAL | CMS_BINARY | CMS_DETACHED | CMS_STREAM)
#define SIGNER_FLAGS (CMS_NOCERTS | CMS_BINARY | CMS_NOSMIMECAP | CMS_NOATTR)

static CMS_ContentInfo *make_signature(BIO *content, const struct sign_signer *signer)
{
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, STRUCTURE_FLAGS);
	unsigned flags = SIGNER_FLAGS | (signer->by_key_id ? CMS_USE_KEYID : 0);

	if (cms && CMS_add1_signer(cms, signer->certificate, signer->key,
				   digest_by_name(signer->digest), flags) &&
	    CMS_final(cms, content, NULL, CMS_NOCERTS | CMS_BINARY) == 1)
		return cms;
	CMS_ContentInfo_free(cms);
	return NULL;
}

/* @cms in DER, in memory of malloc(); NULL when OpenSSL or memory fails. */
static uint8_t *encode(size_t *size, CMS_ContentInfo *cms)
{
	int length = i2d_CMS_ContentInfo(cms, NULL);
	uint8_t *der, *end;

	if (length <= 0)
		return NULL;
	der = end = malloc((size_t)length);
	if (der && i2d_CMS_ContentInfo(cms, &end) != length) {
		free(der);
		return NULL;
	}
	*size = (size_t)length;
	return der;
}

int sign_detached(uint8_t **der, size_t *der_size, const void *content, size_t size,
		  const struct sign_signer *signer, struct error *err)
{
	CMS_ContentInfo *cms = NULL;
	BIO *bio;

	*der = NULL;
	if (size > INT_MAX)
		return error_set(err, ERR_UNSUPPORTED,
				 "%zu bytes are more than can be signed", size);
	bio = BIO_new_mem_buf(size ? content : "", (int)size);
	if (bio)
		cms = make_signature(bio, signer);
	if (cms)
		*der = encode(der_size, cms);
	CMS_ContentInfo_free(cms);
	BIO_free(bio);
	return *der ? 0 : crypto_error(err, "Cannot sign");
}
