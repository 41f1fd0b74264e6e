/* SPDX-License-Identifier: MIT */
/* Host keys at rest: key pairs on P-521, in the files of key_pem.h. */
#ifndef UV_CRYPTO_EC_PEM_H
#define UV_CRYPTO_EC_PEM_H

#include <openssl/evp.h>
#include <stddef.h>

#include "base/error.h"

/*
 * As key_pem_read(), for a key on P-521: ERR_UNSUPPORTED for another one, and
 * ERR_FORMAT when its private half does not fit the public one.
 */
int ec_pem_read_private(EVP_PKEY **out, const char *path, struct error *err);

/* The same for bytes in memory; @origin names them in messages. */
int ec_pem_parse_private(EVP_PKEY **out, const void *pem, size_t size,
			 const char *origin, struct error *err);

#endif
