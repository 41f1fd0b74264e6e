/* SPDX-License-Identifier: MIT */
/*
 * Add-secret requests: parsing, the guest's verification, and opening: as it is,
 * and after slots and tag were repaired for a host that we are.
 */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "secret/asrcb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* No random key: what was found once has to be found again. */
static struct {
	EVP_PKEY *host, *signer;
	uint8_t phkh[PHKH_SIZE];
	struct request_keys keys;
	struct key_slot slot;
	uint8_t customer[EC_COORD_SIZE];
} fixed;

static EVP_PKEY *key_of(uint8_t value)
{
	uint8_t scalar[EC_SCALAR_SIZE] = { 0 };
	EVP_PKEY *key;

	memset(scalar + 2, value, sizeof(scalar) - 2);
	if (ec_from_scalar(&key, scalar, NULL) < 0)
		abort();
	return key;
}

static void make_fixed(void)
{
	EVP_PKEY *hosts[1];

	fixed.host = hosts[0] = key_of(1);
	fixed.signer = key_of(3);
	fixed.keys = (struct request_keys){ .customer = key_of(2),
					    .protection = secret_new(GCM_KEY_SIZE) };
	if (!fixed.keys.protection || ec_phkh(fixed.phkh, fixed.host, NULL) < 0 ||
	    request_write_slots(fixed.customer, &fixed.slot, &fixed.keys,
				&(struct request_hosts){ hosts, 1 }, NULL) < 0)
		abort();
}

static int open_it(const struct asrcb *asrcb)
{
	struct asrcb_secrets secrets;
	int rc = asrcb_open_as_host(&secrets, asrcb, fixed.host, fixed.phkh, NULL);

	if (rc == 0) {
		if (secret_size(secrets.extension) != EXTENSION_SECRET_SIZE ||
		    (secrets.value ? secret_size(secrets.value) : 0) != asrcb->value_size)
			abort();
		if (asrcb->kind)
			secret_kind_takes(asrcb->kind, asrcb->value_size);
	}
	asrcb_secrets_free(&secrets);
	return rc;
}

/* The same request, sealed by us; its area's bytes are the plaintext. */
static void open_repaired(const struct asrcb *asrcb)
{
	size_t size = asrcb->request.size, area = asrcb->request.area_size;
	uint8_t *copy = malloc(size), *plain = malloc(area);
	struct asrcb_fixed *head = (struct asrcb_fixed *)copy;
	struct asrcb again;

	if (!copy || !plain)
		abort();
	memcpy(copy, asrcb->fixed, size);
	memcpy(plain, asrcb->request.area, area);
	memcpy(fixed.keys.iv, head->head.iv, sizeof(fixed.keys.iv));
	memcpy(head->customer_key, fixed.customer, sizeof(fixed.customer));
	memcpy(head + 1, &fixed.slot, sizeof(fixed.slot));
	if (request_seal(copy, &fixed.keys, plain, NULL) < 0 ||
	    asrcb_parse(&again, copy, size, UINT64_MAX, NULL, NULL) < 0 ||
	    open_it(&again) < 0)
		abort();
	free(copy);
	free(plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *user_data;
	enum request_defect defect;
	struct asrcb asrcb;
	size_t user_size;

	if (!fixed.host)
		make_fixed();
	if (asrcb_parse(&asrcb, data, size, UINT64_MAX, &defect, NULL) < 0) {
		if (defect == REQUEST_SOUND)
			abort();
		return 0;
	}
	asrcb_verify_user_data(&user_data, &user_size, &asrcb, NULL, NULL);
	if (asrcb_verify_user_data(&user_data, &user_size, &asrcb, fixed.signer, NULL) == 0)
		abort(); /* nobody can sign for that key */
	open_it(&asrcb);
	open_repaired(&asrcb);
	return 0;
}
