/* SPDX-License-Identifier: MIT */
#include "image/key_slot.h"

/* Zero is safe as IV: the wrapping key is unique for each pair of keys. */
static const uint8_t zero_iv[GCM_IV_SIZE];

int key_slot_seal(struct key_slot *slot, EVP_PKEY *own, EVP_PKEY *host,
		  const uint8_t key[GCM_KEY_SIZE], struct error *err)
{
	struct secret *exchange;
	int rc = ec_phkh(slot->phkh, host, err);

	if (rc < 0)
		return rc;
	rc = ec_exchange(&exchange, own, host, err);
	if (rc < 0)
		return rc;
	rc = gcm_seal(secret_view(exchange), zero_iv, NULL, 0, key,
		      slot->wrapped_key, GCM_KEY_SIZE, slot->tag, err);
	secret_free(exchange);
	return rc;
}

int key_slot_open(struct secret **key, const struct key_slot *slot,
		  EVP_PKEY *host, EVP_PKEY *peer, struct error *err)
{
	struct secret *exchange, *plain = secret_new(GCM_KEY_SIZE);
	int rc;

	*key = NULL;
	if (!plain)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = ec_exchange(&exchange, host, peer, err);
	if (rc == 0) {
		rc = gcm_open(secret_view(exchange), zero_iv, NULL, 0,
			      slot->wrapped_key, secret_bytes(plain),
			      GCM_KEY_SIZE, slot->tag, err);
		secret_free(exchange);
	}
	if (rc < 0) {
		secret_free(plain);
		return error_wrap(err, rc, "Cannot open the key slot");
	}
	*key = plain;
	return 0;
}
