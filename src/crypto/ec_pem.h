/* SPDX-License-Identifier: MIT */
/*
 * Host keys at rest: a P-521 key pair as unencrypted PKCS#8 PEM
 * ("BEGIN PRIVATE KEY"), which other tools read as well.
 */
#ifndef UV_CRYPTO_EC_PEM_H
#define UV_CRYPTO_EC_PEM_H

#include <openssl/evp.h>
#include <stddef.h>

#include "base/error.h"
#include "base/file.h"
#include "base/secret.h"

/* No PEM file of a P-521 key is longer, even with its parameters spelled out. */
#define EC_PEM_MAX_SIZE 8192

/*
 * Reads the key pair in the PEM file @path into *@out; caller frees with
 * EVP_PKEY_free(). ERR_NOT_FOUND when the file does not exist, ERR_IO when it
 * cannot be read, ERR_FORMAT without a usable private key (also when it needs a
 * passphrase: nothing is ever asked for), ERR_UNSUPPORTED when the key is not
 * on P-521. The private half is checked against the public one.
 */
int ec_pem_read_private(EVP_PKEY **out, const char *path, struct error *err);

/* Writes @key to @path with mode 0600 whatever the umask. */
int ec_pem_write_private(const char *path, EVP_PKEY *key,
			 enum outfile_policy policy, struct error *err);

/*
 * The same two steps between a key and bytes in memory. @origin names the
 * bytes in messages.
 */
int ec_pem_parse_private(EVP_PKEY **out, const void *pem, size_t size,
			 const char *origin, struct error *err);
int ec_pem_format_private(struct secret **out, EVP_PKEY *key, struct error *err);

#endif
