/* SPDX-License-Identifier: MIT */
#include "secret/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/crypto.h"

/* Stands in for OpenSSL's own callback, which would ask on the terminal. */
static int no_passphrase(char *buffer, int size, int rwflag, void *context)
{
	(void)buffer, (void)size, (void)rwflag, (void)context;
	return -1;
}

/* Reads what @buffer has room for, one byte more than a file may have. */
static int read_into(struct secret *buffer, size_t *size, const char *path,
		     struct error *err)
{
	bool standard_input = strcmp(path, "-") == 0;
	int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return error_set_errno(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, errno,
				       "Cannot open '%s'", path);
	rc = file_read_some(fd, secret_bytes(buffer), secret_size(buffer), size);
	if (!standard_input)
		close(fd);
	if (rc < 0)
		return error_set_errno(err, ERR_IO, -rc, "Cannot read '%s'", path);
	if (*size == secret_size(buffer))
		return error_set(err, ERR_FORMAT, "'%s' is longer than %d bytes", path,
				 KEY_FILE_MAX_SIZE);
	return 0;
}

int key_file_read(struct secret **out, const char *path, struct error *err)
{
	struct secret *buffer = secret_new(KEY_FILE_MAX_SIZE + 1);
	size_t size;
	int rc;

	*out = NULL;
	if (!buffer)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = read_into(buffer, &size, path, err);
	if (rc == 0) {
		*out = secret_copy(secret_view(buffer), size);
		if (!*out)
			rc = error_set(err, ERR_NOMEM, "Out of memory");
	}
	secret_free(buffer);
	return rc;
}

static bool halves_fit(EVP_PKEY *key)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	bool fit = ctx && EVP_PKEY_pairwise_check(ctx) == 1;

	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return fit;
}

static EVP_PKEY *decode_private(const void *bytes, size_t size)
{
	const unsigned char *der = bytes;
	EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &der, (long)size);
	BIO *bio;

	if (key)
		return key;
	ERR_clear_error();
	bio = BIO_new_mem_buf(bytes, (int)size);
	if (bio)
		key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	BIO_free(bio);
	return key;
}

int key_file_parse_private(EVP_PKEY **out, const void *bytes, size_t size,
			   struct error *err)
{
	EVP_PKEY *key = size <= KEY_FILE_MAX_SIZE ? decode_private(bytes, size) : NULL;

	*out = NULL;
	if (!key) {
		crypto_error(err, "There is no readable private key");
		return error_hint(err, ERR_FORMAT,
				  "An unencrypted PEM or DER file is expected");
	}
	if (!halves_fit(key)) {
		EVP_PKEY_free(key);
		return error_set(err, ERR_FORMAT,
				 "The private key does not fit its public key");
	}
	*out = key;
	return 0;
}

int key_file_read_private(EVP_PKEY **out, const char *path, struct error *err)
{
	struct secret *content;
	int rc = key_file_read(&content, path, err);

	*out = NULL;
	if (rc < 0)
		return rc;
	rc = key_file_parse_private(out, secret_view(content), secret_size(content), err);
	secret_free(content);
	return rc < 0 ? error_wrap(err, rc, "Cannot use the key in '%s'", path) : 0;
}

static X509 *decode_certificate(const uint8_t *bytes, size_t size)
{
	const unsigned char *der = bytes;
	X509 *certificate = d2i_X509(NULL, &der, (long)size);
	BIO *bio;

	if (certificate)
		return certificate;
	ERR_clear_error();
	bio = BIO_new_mem_buf(bytes, (int)size);
	if (bio)
		certificate = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL);
	BIO_free(bio);
	return certificate;
}

int key_file_read_certificate(EVP_PKEY **out, const char *path, struct error *err)
{
	X509 *certificate;
	uint8_t *bytes;
	size_t size;
	int rc = file_read(&bytes, &size, path, KEY_FILE_MAX_SIZE, err);

	*out = NULL;
	if (rc < 0)
		return rc;
	certificate = decode_certificate(bytes, size);
	free(bytes);
	if (certificate)
		*out = X509_get_pubkey(certificate);
	X509_free(certificate);
	if (*out)
		return 0;
	crypto_error(err, "There is no certificate with a usable key in '%s'", path);
	return error_hint(err, ERR_FORMAT, "A PEM or DER file is expected");
}
