/* SPDX-License-Identifier: MIT */
#include "crypto/key_pem.h"

#include <openssl/pem.h>

#include "crypto/crypto.h"

/* Stands in for OpenSSL's own callback, which would ask on the terminal. */
static int no_passphrase(char *buffer, int size, int rwflag, void *context)
{
	(void)buffer, (void)size, (void)rwflag, (void)context;
	return -1;
}

int key_pem_parse(EVP_PKEY **out, const void *pem, size_t size,
		  const char *origin, struct error *err)
{
	BIO *bio;

	*out = NULL;
	if (size > KEY_PEM_MAX_SIZE)
		return error_set(err, ERR_FORMAT, "'%s' is too long for a private key",
				 origin);
	bio = BIO_new_mem_buf(size > 0 ? pem : "", (int)size);
	if (bio)
		*out = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	BIO_free(bio);
	if (*out)
		return 0;
	crypto_error(err, "Cannot read a private key from '%s'", origin);
	return error_hint(err, ERR_FORMAT,
			  "An unencrypted PEM file (PKCS#8) is expected");
}

int key_pem_read(EVP_PKEY **out, const char *path, struct error *err)
{
	struct secret *pem;
	int rc = secret_read(&pem, path, KEY_PEM_MAX_SIZE, err);

	*out = NULL;
	if (rc < 0)
		return rc;
	rc = key_pem_parse(out, secret_view(pem), secret_size(pem), path, err);
	secret_free(pem);
	return rc;
}

int key_pem_format(struct secret **out, EVP_PKEY *key, struct error *err)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	char *bytes;
	long size;

	*out = NULL;
	if (!bio || PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL,
						  NULL) != 1) {
		BIO_free(bio);
		return crypto_error(err, "Cannot write a private key as PEM");
	}
	size = BIO_get_mem_data(bio, &bytes);
	*out = secret_copy(bytes, (size_t)size);
	secret_wipe(bytes, (size_t)size);
	BIO_free(bio);
	return *out ? 0 : error_set(err, ERR_NOMEM, "Out of memory");
}

int key_pem_write(const char *path, EVP_PKEY *key,
			 enum outfile_policy policy, struct error *err)
{
	struct secret *pem;
	int rc = key_pem_format(&pem, key, err);

	if (rc < 0)
		return rc;
	rc = file_write(path, secret_view(pem), secret_size(pem), policy, 0600, err);
	secret_free(pem);
	return rc;
}
