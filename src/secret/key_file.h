/* SPDX-License-Identifier: MIT */
/*
 * Keys of users, as openssl(1) and others write them: PEM or DER. Nothing ever
 * asks for a passphrase.
 */
#ifndef UV_SECRET_KEY_FILE_H
#define UV_SECRET_KEY_FILE_H

#include <openssl/evp.h>
#include <stddef.h>

#include "base/error.h"
#include "base/secret.h"

/* No key, plaintext secret or certificate that is of use here is longer. */
#define KEY_FILE_MAX_SIZE (16 * 1024)

/*
 * The whole content of a file ("-": standard input) of up to KEY_FILE_MAX_SIZE
 * bytes, which never lies anywhere but in secrets. At *@out; caller frees. ERR_IO,
 * ERR_NOT_FOUND, ERR_FORMAT when it is longer.
 */
int key_file_read(struct secret **out, const char *path, struct error *err);

/*
 * The private key in the @size bytes at @bytes (traditional or PKCS#8 form) at
 * *@out; caller frees with EVP_PKEY_free(). ERR_FORMAT for anything else, an
 * encrypted key, or one whose halves do not fit.
 */
int key_file_parse_private(EVP_PKEY **out, const void *bytes, size_t size,
			   struct error *err);

/* The same for a file, which the message names. */
int key_file_read_private(EVP_PKEY **out, const char *path, struct error *err);

/*
 * The public key of the first certificate in a file at *@out; caller frees. The
 * certificate itself is not verified. ERR_FORMAT when there is none.
 */
int key_file_read_certificate(EVP_PKEY **out, const char *path, struct error *err);

#endif
