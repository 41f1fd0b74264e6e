/* SPDX-License-Identifier: MIT */
#include "crypto/ec_pem.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "crypto/ec.h"

/* Stands in for OpenSSL's own callback, which would ask on the terminal. */
static int no_passphrase(char *buffer, int size, int rwflag, void *context)
{
	(void)buffer, (void)size, (void)rwflag, (void)context;
	return -1;
}

static int check_pair(EVP_PKEY *key, const char *origin, struct error *err)
{
	EVP_PKEY_CTX *ctx;
	int rc = ec_check_p521(key, err), ok;

	if (rc < 0)
		return error_wrap(err, rc, "Cannot use the private key in '%s'", origin);
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	ok = ctx && EVP_PKEY_private_check(ctx) == 1 &&
	     EVP_PKEY_pairwise_check(ctx) == 1;
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return ok ? 0 : error_set(err, ERR_FORMAT,
				  "The private key in '%s' does not fit its public key",
				  origin);
}

int ec_pem_parse_private(EVP_PKEY **out, const void *pem, size_t size,
			 const char *origin, struct error *err)
{
	EVP_PKEY *key = NULL;
	BIO *bio;
	int rc;

	*out = NULL;
	if (size > EC_PEM_MAX_SIZE)
		return error_set(err, ERR_FORMAT, "'%s' is too long for a private key",
				 origin);
	bio = BIO_new_mem_buf(pem, (int)size);
	if (bio)
		key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	BIO_free(bio);
	if (!key) {
		crypto_error(err, "Cannot read a private key from '%s'", origin);
		return error_hint(err, ERR_FORMAT,
				  "An unencrypted PEM file (PKCS#8) is expected");
	}
	rc = check_pair(key, origin, err);
	if (rc < 0) {
		EVP_PKEY_free(key);
		return rc;
	}
	*out = key;
	return 0;
}

/* Reads at most EC_PEM_MAX_SIZE + 1 bytes, so that a longer file is noticed. */
static int read_pem(struct secret *pem, size_t *size, const char *path,
		    struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return error_set_errno(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO,
				       errno, "Cannot open '%s'", path);
	rc = file_read_some(fd, secret_bytes(pem), secret_size(pem), size);
	close(fd);
	return rc < 0 ? error_set_errno(err, ERR_IO, -rc, "Cannot read '%s'", path)
		      : 0;
}

int ec_pem_read_private(EVP_PKEY **out, const char *path, struct error *err)
{
	struct secret *pem = secret_new(EC_PEM_MAX_SIZE + 1);
	size_t size;
	int rc;

	*out = NULL;
	if (!pem)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = read_pem(pem, &size, path, err);
	if (rc == 0)
		rc = ec_pem_parse_private(out, secret_view(pem), size, path, err);
	secret_free(pem);
	return rc;
}

int ec_pem_format_private(struct secret **out, EVP_PKEY *key, struct error *err)
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

int ec_pem_write_private(const char *path, EVP_PKEY *key,
			 enum outfile_policy policy, struct error *err)
{
	struct secret *pem;
	int rc = ec_pem_format_private(&pem, key, err);

	if (rc < 0)
		return rc;
	rc = file_write(path, secret_view(pem), secret_size(pem), policy, 0600, err);
	secret_free(pem);
	return rc;
}
