/* SPDX-License-Identifier: MIT */
/*
 * Attestation requests: the bytes as they are, then with slot and tag that fit, so
 * that what lies behind them is reached too.
 */
#include "attestation_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct attestation_keys keys;

static void open_unrepaired(const struct arcb *arcb)
{
	struct secret *area;
	struct error err;

	/* Nobody else knows the key: the input's own tag never fits. */
	if (arcb_open(&area, arcb, secret_view(keys.request.protection), &err) == 0)
		abort();
	if (arcb_open_as_host(&area, arcb, keys.host, arcb->slots[0].phkh, &err) == 0)
		abort();
}

static void open_repaired(uint8_t *bytes, size_t size)
{
	struct secret *as_owner, *as_host;
	struct arcb arcb;
	struct error err;

	arcb_repair(bytes, &keys);
	if (arcb_parse(&arcb, bytes, size, UINT64_MAX, NULL, &err) < 0 ||
	    arcb_open(&as_owner, &arcb, secret_view(keys.request.protection), &err) < 0 ||
	    arcb_open_as_host(&as_host, &arcb, keys.host, keys.phkh, &err) < 0 ||
	    !secret_equal(as_owner, as_host))
		abort();
	secret_free(as_owner);
	secret_free(as_host);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum request_defect defect;
	struct arcb arcb;
	struct error err;
	uint8_t *copy;
	int rc;

	if (!keys.host)
		attestation_keys_make(&keys);
	rc = arcb_parse(&arcb, data, size, ATTEST_KNOWN, &defect, &err);
	if ((rc == 0) != (defect == REQUEST_SOUND))
		abort();
	if (rc < 0 && defect != REQUEST_BAD_FLAGS)
		return 0;
	if (arcb_parse(&arcb, data, size, UINT64_MAX, NULL, &err) < 0)
		return 0;
	open_unrepaired(&arcb);
	copy = malloc(size);
	if (!copy)
		abort();
	memcpy(copy, data, size);
	open_repaired(copy, size);
	free(copy);
	return 0;
}
