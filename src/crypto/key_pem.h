/* SPDX-License-Identifier: MIT */
/*
 * Private keys of any kind at rest: unencrypted PKCS#8 PEM ("BEGIN PRIVATE
 * KEY"), which other tools read as well.
 */
#ifndef UV_CRYPTO_KEY_PEM_H
#define UV_CRYPTO_KEY_PEM_H

#include <openssl/evp.h>
#include <stddef.h>

#include "base/error.h"
#include "base/file.h"
#include "base/secret.h"

/* No key that is in use is longer as PEM. */
#define KEY_PEM_MAX_SIZE ((size_t)64 << 10)

/*
 * The key pair in @size bytes of PEM at *@out; caller frees with
 * EVP_PKEY_free(). @origin names the bytes in messages. ERR_FORMAT without a
 * usable private key, also when it needs a passphrase: nothing is ever asked for.
 */
int key_pem_parse(EVP_PKEY **out, const void *pem, size_t size,
		  const char *origin, struct error *err);

/* The same for a file. ERR_NOT_FOUND when there is none, ERR_IO. */
int key_pem_read(EVP_PKEY **out, const char *path, struct error *err);

/* @key as PEM at *@out; caller frees. */
int key_pem_format(struct secret **out, EVP_PKEY *key, struct error *err);

/* Writes @key to @path with mode 0600 whatever the umask. */
int key_pem_write(const char *path, EVP_PKEY *key, enum outfile_policy policy,
		  struct error *err);

#endif
