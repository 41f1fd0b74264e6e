/* SPDX-License-Identifier: MIT */
#include "crypto/ec_pem.h"

#include <openssl/err.h>

#include "crypto/ec.h"
#include "crypto/key_pem.h"

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

/* Takes over @key, which was read from @origin, when it is one of ours. */
static int take(EVP_PKEY **out, EVP_PKEY *key, const char *origin, struct error *err)
{
	int rc = check_pair(key, origin, err);

	if (rc < 0)
		EVP_PKEY_free(key);
	else
		*out = key;
	return rc;
}

int ec_pem_parse_private(EVP_PKEY **out, const void *pem, size_t size,
			 const char *origin, struct error *err)
{
	EVP_PKEY *key;
	int rc = key_pem_parse(&key, pem, size, origin, err);

	*out = NULL;
	return rc < 0 ? rc : take(out, key, origin, err);
}

int ec_pem_read_private(EVP_PKEY **out, const char *path, struct error *err)
{
	EVP_PKEY *key;
	int rc = key_pem_read(&key, path, err);

	*out = NULL;
	return rc < 0 ? rc : take(out, key, path, err);
}
