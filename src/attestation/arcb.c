/* SPDX-License-Identifier: MIT */
#include "attestation/arcb.h"

#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"

static const uint8_t magic[REQUEST_MAGIC_SIZE]; /* zeros */

enum request_defect arcb_check_fixed(const struct arcb_fixed *fixed,
				     uint64_t supported_flags)
{
	const struct request_head *head = &fixed->head;
	uint64_t flags = be64_get(fixed->flags);

	if (memcmp(head->magic, magic, sizeof(magic)) != 0)
		return REQUEST_BAD_MAGIC;
	if (be32_get(head->version) != REQUEST_VERSION_1)
		return REQUEST_BAD_VERSION;
	if (head->slot_count == 0)
		return REQUEST_NO_SLOTS;
	if (flags & ~supported_flags)
		return REQUEST_BAD_FLAGS;
	if (be32_get(fixed->algorithm) != ARCB_HMAC_SHA512)
		return REQUEST_BAD_ALGORITHM;
	if (be32_get(head->area_size) != arcb_area_size(flags))
		return REQUEST_BAD_AREA_SIZE;
	if (be32_get(head->size) != arcb_size(head->slot_count, flags))
		return REQUEST_BAD_SIZE;
	return REQUEST_SOUND;
}

static int defective(enum request_defect *defect, enum request_defect which,
		     struct error *err)
{
	static const struct request_kind kind = { "attestation request",
						  "eight zero bytes" };

	return request_defective(defect, which, &kind, err);
}

int arcb_parse(struct arcb *arcb, const void *bytes, size_t size,
	       uint64_t supported_flags, enum request_defect *defect,
	       struct error *err)
{
	struct cursor c = cursor_over(bytes, size);
	const struct arcb_fixed *fixed = cursor_take(&c, sizeof(*fixed));
	enum request_defect found;

	if (!fixed)
		return defective(defect, REQUEST_TRUNCATED, err);
	found = arcb_check_fixed(fixed, supported_flags);
	if (found != REQUEST_SOUND)
		return defective(defect, found, err);
	arcb->fixed = fixed;
	arcb->flags = be64_get(fixed->flags);
	arcb->slot_count = fixed->head.slot_count;
	arcb->slots = cursor_take(&c, arcb->slot_count * sizeof(*arcb->slots));
	if (!arcb->slots ||
	    sealed_request_parse(&arcb->request, bytes, size, NULL) < 0)
		return defective(defect, REQUEST_BAD_SIZE, err);
	if (defect)
		*defect = REQUEST_SOUND;
	return 0;
}

int arcb_open(struct secret **area, const struct arcb *arcb,
	      const uint8_t key[GCM_KEY_SIZE], struct error *err)
{
	struct secret *opened, *whole;
	int rc;

	*area = NULL;
	rc = sealed_request_open(&opened, &arcb->request, key, err);
	if (rc < 0)
		return rc;
	whole = secret_new(sizeof(struct arcb_area));
	if (!whole)
		rc = error_set(err, ERR_NOMEM, "Out of memory");
	else
		memcpy(secret_bytes(whole), secret_view(opened), secret_size(opened));
	secret_free(opened);
	*area = whole;
	return rc;
}

int arcb_open_as_host(struct secret **area, const struct arcb *arcb,
		      EVP_PKEY *host_key, const uint8_t phkh[PHKH_SIZE],
		      struct error *err)
{
	const struct key_slot *slot =
		key_slot_find(arcb->slots, arcb->slot_count, phkh);
	struct secret *key;
	int rc;

	*area = NULL;
	if (!slot)
		return error_set(err, ERR_NOT_FOUND,
				 "The attestation request has no slot for this host key");
	rc = sealed_request_unwrap(&key, slot, arcb->fixed->customer_key, host_key, err);
	if (rc < 0)
		return rc;
	rc = arcb_open(area, arcb, secret_view(key), err);
	secret_free(key);
	return rc;
}

int arcb_build(void *bytes, const struct arcb_input *input, struct error *err)
{
	struct arcb_fixed *fixed = bytes;
	int rc = request_hosts_check(&input->hosts, err);

	if (rc < 0)
		return rc;
	*fixed = (struct arcb_fixed){
		.flags = be64(input->flags),
		.algorithm = be32(ARCB_HMAC_SHA512),
	};
	request_head_fill(&fixed->head, input->keys, &input->hosts,
			  arcb_size(input->hosts.count, input->flags),
			  arcb_area_size(input->flags));
	rc = request_write_slots(fixed->customer_key, (struct key_slot *)(fixed + 1),
				 input->keys, &input->hosts, err);
	if (rc < 0)
		return rc;
	return request_seal(bytes, input->keys, input->area, err);
}

/* Builds into @request, whose bytes are allocated; keys and area are fresh. */
static int build_fresh(struct arcb_request *request, struct arcb_input *input,
		       struct request_keys *keys, struct secret *area,
		       struct error *err)
{
	int rc = request_keys_generate(keys, err);

	if (rc == 0)
		rc = crypto_random(secret_bytes(area), secret_size(area), err);
	if (rc == 0)
		rc = arcb_build(request->bytes, input, err);
	if (rc == 0) {
		request->protection_key = keys->protection;
		keys->protection = NULL;
	}
	return rc;
}

int arcb_request_new(struct arcb_request *request, const struct request_hosts *hosts,
		     uint64_t flags, struct error *err)
{
	struct secret *area = secret_new(sizeof(struct arcb_area));
	struct request_keys keys = { 0 };
	struct arcb_input input = { .hosts = *hosts, .flags = flags | ATTEST_NONCE,
				    .keys = &keys };
	int rc = request_hosts_check(hosts, err);

	*request = (struct arcb_request){ 0 };
	if (rc == 0) {
		request->size = arcb_size(hosts->count, input.flags);
		request->bytes = malloc(request->size);
		if (!area || !request->bytes)
			rc = error_set(err, ERR_NOMEM, "Out of memory");
	}
	if (rc == 0) {
		input.area = (const struct arcb_area *)secret_view(area);
		rc = build_fresh(request, &input, &keys, area, err);
	}
	request_keys_free(&keys);
	secret_free(area);
	if (rc < 0)
		arcb_request_free(request);
	return rc;
}

void arcb_request_free(struct arcb_request *request)
{
	free(request->bytes);
	secret_free(request->protection_key);
	*request = (struct arcb_request){ 0 };
}
