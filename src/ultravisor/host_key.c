/* SPDX-License-Identifier: MIT */
#include "ultravisor/host_key.h"

#include "request/sealed_request.h"

/* Only a key pair can agree on a key, be it with itself. */
static int check_private_half(EVP_PKEY *pair, struct error *err)
{
	struct secret *exchange;
	int rc = ec_exchange(&exchange, pair, pair, err);

	if (rc == 0)
		secret_free(exchange);
	return rc;
}

int host_key_install(struct host_key *key, EVP_PKEY *pair, const char *name,
		     struct error *err)
{
	int rc;

	if (!pair)
		return 0;
	rc = ec_check_p521(pair, err);
	if (rc == 0)
		rc = check_private_half(pair, err);
	if (rc == 0)
		rc = ec_phkh(key->phkh, pair, err);
	if (rc < 0)
		return error_wrap(err, rc, "Unusable %s", name);
	key->pair = pair;
	return 0;
}

const struct key_slot *host_key_slot(const struct host_key *key,
				     const struct key_slot *slots, size_t count)
{
	return key->pair ? key_slot_find(slots, count, key->phkh) : NULL;
}
