/* SPDX-License-Identifier: MIT */
/* Fixed keys, and the means to make a tag fit whatever it covers. */
#ifndef UV_TESTS_FUZZ_ATTESTATION_H
#define UV_TESTS_FUZZ_ATTESTATION_H

#include <stdlib.h>
#include <string.h>

#include "attestation/arcb.h"

struct attestation_keys {
	struct request_keys request;
	EVP_PKEY *host;
	uint8_t phkh[PHKH_SIZE];
};

static inline void attestation_keys_make(struct attestation_keys *keys)
{
	uint8_t scalar[EC_SCALAR_SIZE] = { 1, [EC_SCALAR_SIZE - 1] = 2 };

	keys->request.protection = secret_new(GCM_KEY_SIZE);
	if (!keys->request.protection ||
	    ec_from_scalar(&keys->request.customer, scalar, NULL) < 0)
		abort();
	scalar[1] = 3;
	if (ec_from_scalar(&keys->host, scalar, NULL) < 0 ||
	    ec_phkh(keys->phkh, keys->host, NULL) < 0)
		abort();
}

/*
 * Puts a customer key and a first slot into the ARCB at @bytes, whose form is sound,
 * and encrypts its area anew: now owner and host can open it.
 */
static inline void arcb_repair(uint8_t *bytes, const struct attestation_keys *keys)
{
	struct arcb_fixed *fixed = (struct arcb_fixed *)bytes;
	size_t area_size = be32_get(fixed->head.area_size);
	uint8_t area[sizeof(struct arcb_area)];
	struct key_slot slot;

	if (key_slot_seal(&slot, keys->request.customer, keys->host,
			  secret_view(keys->request.protection), NULL) < 0 ||
	    ec_to_coord(fixed->customer_key, keys->request.customer, NULL) < 0)
		abort();
	memcpy(fixed + 1, &slot, sizeof(slot));
	memcpy(area, bytes + be32_get(fixed->head.size) - GCM_TAG_SIZE - area_size, area_size);
	if (request_seal(bytes, &keys->request, area, NULL) < 0)
		abort();
}

#endif
