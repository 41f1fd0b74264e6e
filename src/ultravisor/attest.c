/* SPDX-License-Identifier: MIT */
/*
 * Retrieve Attestation Measurement: what runs here, under the key of whoever
 * made the request. See docs/reference/ultravisor-calls.md, "Retrieve
 * Attestation Measurement"; the order of the checks is part of it.
 */
#include <stdlib.h>
#include <string.h>

#include "attestation/arcb.h"
#include "attestation/measurement.h"
#include "ultravisor/guest_request.h"
#include "ultravisor/uvcb.h"

/* All that this ultravisor can add; no generation has the firmware state. */
#define ADDITIONAL_ROOM (2 * PHKH_SIZE + ATTEST_STORE_HASH_SIZE)

/* An attestation on its way. */
struct attestation {
	struct guest_call *call;
	struct uvcb_attest *block;
	uint8_t *bytes;              /* the ARCB, copied */
	struct arcb arcb;
	const struct host_key *key;  /* which opened it */
	struct secret *area;         /* struct arcb_area */
	uint8_t additional[ADDITIONAL_ROOM];
	size_t additional_size;
	uint8_t measurement[MEASUREMENT_SIZE];
};

static struct uv_result check_operands(const struct uvcb_attest *block)
{
	if (be64_get(block->continuation_token) != 0)
		return uv_result(UV_RC_ATTEST_TOKEN, 0);
	if (be16_get(block->user_size) > sizeof(block->user_data))
		return uv_result(UV_RC_ATTEST_USER_DATA, 0);
	return uv_executed();
}

static enum request_defect check_fixed(const void *fixed,
				       const struct generation *generation)
{
	if (!(generation->attestation_versions & MSB0(0)))
		return REQUEST_BAD_VERSION;
	return arcb_check_fixed(fixed, generation->attestation_flags);
}

static enum request_defect parse(void *arcb, const void *bytes, size_t size)
{
	enum request_defect defect;

	arcb_parse(arcb, bytes, size, UINT64_MAX, &defect, NULL);
	return defect;
}

_Static_assert(sizeof(struct arcb_fixed) <= GUEST_REQUEST_FIXED_MAX, "room");

static const struct guest_request_kind attestation_request = {
	.fixed_size = sizeof(struct arcb_fixed),
	.no_request = UV_RC_ATTEST_NO_REQUEST,
	.defect = {
		[REQUEST_TRUNCATED] = UV_RC_ATTEST_SIZE,
		[REQUEST_BAD_MAGIC] = UV_RC_ATTEST_VERSION,
		[REQUEST_BAD_VERSION] = UV_RC_ATTEST_VERSION,
		[REQUEST_BAD_SIZE] = UV_RC_ATTEST_SIZE,
		[REQUEST_NO_SLOTS] = UV_RC_ATTEST_SLOTS,
		[REQUEST_BAD_FLAGS] = UV_RC_ATTEST_FLAGS,
		[REQUEST_BAD_ALGORITHM] = UV_RC_ATTEST_ALGORITHM,
		[REQUEST_BAD_AREA_SIZE] = UV_RC_ATTEST_AREA_SIZE,
	},
	.check_fixed = check_fixed,
	.parse = parse,
};

static struct uv_result check_buffers(struct attestation *a)
{
	a->additional_size = additional_size(a->arcb.flags);
	if (be32_get(a->block->measurement_size) < MEASUREMENT_SIZE)
		return uv_result(UV_RC_ATTEST_MEASUREMENT_SIZE, 0);
	if (be32_get(a->block->additional_size) < a->additional_size)
		return uv_result(UV_RC_ATTEST_ADDITIONAL_SIZE, 0);
	return uv_executed();
}

static struct uv_result open_request(struct attestation *a)
{
	int rc = ERR_NOT_FOUND;

	a->key = guest_request_host_key(a->call->uv, a->arcb.slots, a->arcb.slot_count);
	if (a->key)
		rc = arcb_open_as_host(&a->area, &a->arcb, a->key->pair, a->key->phkh,
				       NULL);
	if (rc < 0)
		return guest_request_sealed(UV_RC_ATTEST_SEALED, rc);
	return uv_executed();
}

/* The requested items, in the order in which the table has them. */
static int collect_additional(struct attestation *a)
{
	const struct configuration *c = a->call->configuration;
	uint8_t store_hash[ATTEST_STORE_HASH_SIZE], *at = a->additional;
	const uint8_t *const items[ADDITIONAL_ITEMS] = {
		[ADDITIONAL_IMAGE_PHKH] = c->image.phkh,
		[ADDITIONAL_REQUEST_PHKH] = a->key->phkh,
		[ADDITIONAL_STORE_HASH] = store_hash,
	};
	int rc = secret_store_hash(&c->secrets, store_hash);

	for (size_t i = 0; rc == 0 && i < ADDITIONAL_ITEMS; i++) {
		if (!(a->arcb.flags & additional_kinds[i].flag))
			continue;
		memcpy(at, items[i], additional_kinds[i].size);
		at += additional_kinds[i].size;
	}
	return rc;
}

static struct uv_result measure(struct attestation *a)
{
	const struct configuration *c = a->call->configuration;
	const struct arcb_area *area = (const struct arcb_area *)secret_view(a->area);
	const struct measurement_input input = {
		.image = &c->image.tags,
		.cuid = c->cuid,
		.user_data = a->block->user_data,
		.user_size = be16_get(a->block->user_size),
		.additional = a->additional,
		.additional_size = a->additional_size,
		.nonce = a->arcb.flags & ATTEST_NONCE ? area->nonce : NULL,
	};
	int rc = collect_additional(a);

	if (rc == 0)
		rc = measurement_compute(a->measurement, area->measurement_key, &input,
					 NULL);
	return rc < 0 ? uv_internal_failure(rc) : uv_executed();
}

static struct uv_result answer(struct attestation *a)
{
	const struct uv_access *access = a->call->access;
	struct uvcb_attest *block = a->block;

	if (!access->write(access->vcpu, be64_get(block->measurement), a->measurement,
			   sizeof(a->measurement)))
		return uv_result(UV_RC_ATTEST_NO_MEASUREMENT, 0);
	if (a->additional_size &&
	    !access->write(access->vcpu, be64_get(block->additional), a->additional,
			   a->additional_size))
		return uv_result(UV_RC_ATTEST_NO_ADDITIONAL, 0);
	memcpy(block->cuid, a->call->configuration->cuid, sizeof(block->cuid));
	block->additional_size = be32((uint32_t)a->additional_size);
	a->call->stored = sizeof(*block);
	return uv_executed();
}

struct uv_result guest_attest(struct guest_call *call)
{
	struct attestation a = { .call = call,
				 .block = (struct uvcb_attest *)call->block };
	struct uv_result result = check_operands(a.block);

	if (uv_ok(result))
		result = guest_request_take(&a.arcb, &a.bytes, &attestation_request, call,
					    be64_get(a.block->arcb));
	if (uv_ok(result))
		result = check_buffers(&a);
	if (uv_ok(result))
		result = open_request(&a);
	if (uv_ok(result))
		result = measure(&a);
	if (uv_ok(result))
		result = answer(&a);
	secret_free(a.area);
	free(a.bytes);
	return result;
}
