/* SPDX-License-Identifier: MIT */
/* Minted things to files and back; for keys see crypto/key_pem.h. */
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include "crypto/crypto.h"
#include "hostkey/mint.h"
#include "hostkey/pki.h"

/* Writes what was collected in @bio; frees it. */
static int write_bio(const char *file, BIO *bio, bool filled,
		     enum outfile_policy policy, struct error *err)
{
	char *data;
	long size;
	int rc;

	if (!bio || !filled) {
		BIO_free(bio);
		return crypto_error(err, "Cannot encode '%s'", file);
	}
	size = BIO_get_mem_data(bio, &data);
	rc = file_write(file, data, (size_t)size, policy, file_default_mode(), err);
	BIO_free(bio);
	return rc;
}

int mint_write_certificate(const char *file, X509 *certificate,
			   enum mint_encoding encoding,
			   enum outfile_policy policy, struct error *err)
{
	BIO *bio = BIO_new(BIO_s_mem());
	bool filled = bio && (encoding == MINT_DER ? i2d_X509_bio(bio, certificate) :
						     PEM_write_bio_X509(bio, certificate)) == 1;

	return write_bio(file, bio, filled, policy, err);
}

int mint_write_crl(const char *file, X509_CRL *crl, enum mint_encoding encoding,
		   enum outfile_policy policy, struct error *err)
{
	BIO *bio = BIO_new(BIO_s_mem());
	bool filled = bio && (encoding == MINT_DER ? i2d_X509_CRL_bio(bio, crl) :
						     PEM_write_bio_X509_CRL(bio, crl)) == 1;

	return write_bio(file, bio, filled, policy, err);
}

int mint_read_certificate(X509 **out, const char *file, struct error *err)
{
	struct pki_list list = { 0 };
	int rc = pki_read(&list, file, NULL, err);

	*out = NULL;
	for (size_t i = 0; rc == 0 && i < list.count && !*out; i++) {
		*out = list.items[i].certificate;
		list.items[i].certificate = NULL;
	}
	pki_list_free(&list);
	if (rc == 0 && !*out)
		rc = error_set(err, ERR_FORMAT, "'%s' contains no certificate", file);
	return rc;
}
