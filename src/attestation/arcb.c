/* SPDX-License-Identifier: MIT */
#include "attestation/arcb.h"

#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"

static const uint8_t magic[REQUEST_MAGIC_SIZE]; /* zeros */

enum arcb_defect arcb_check_fixed(const struct arcb_fixed *fixed,
				  uint64_t supported_flags)
{
	const struct request_head *head = &fixed->head;
	uint64_t flags = be64_get(fixed->flags);

	if (memcmp(head->magic, magic, sizeof(magic)) != 0)
		return ARCB_BAD_MAGIC;
	if (be32_get(head->version) != REQUEST_VERSION_1)
		return ARCB_BAD_VERSION;
	if (head->slot_count == 0)
		return ARCB_NO_SLOTS;
	if (flags & ~supported_flags)
		return ARCB_BAD_FLAGS;
	if (be32_get(fixed->algorithm) != ARCB_HMAC_SHA512)
		return ARCB_BAD_ALGORITHM;
	if (be32_get(head->area_size) != arcb_area_size(flags))
		return ARCB_BAD_AREA_SIZE;
	if (be32_get(head->size) != arcb_size(head->slot_count, flags))
		return ARCB_BAD_SIZE;
	return ARCB_SOUND;
}

static int defective(enum arcb_defect *defect, enum arcb_defect which,
		     struct error *err)
{
	static const struct {
		int code;
		const char *text;
	} kinds[] = {
		[ARCB_TRUNCATED] = { ERR_FORMAT, "it ends before its fixed part" },
		[ARCB_BAD_MAGIC] = { ERR_FORMAT,
			"it does not start with eight zero bytes: this is another kind of request" },
		[ARCB_BAD_VERSION] = { ERR_UNSUPPORTED,
			"its version (offset 0x8) is not 0x100" },
		[ARCB_NO_SLOTS] = { ERR_FORMAT, "it has no key slots (offset 0x27)" },
		[ARCB_BAD_FLAGS] = { ERR_UNSUPPORTED,
			"it has an unknown attestation flag (offset 0x30)" },
		[ARCB_BAD_ALGORITHM] = { ERR_UNSUPPORTED,
			"its measurement algorithm (offset 0x38) is not 1, HMAC-SHA-512" },
		[ARCB_BAD_AREA_SIZE] = { ERR_FORMAT,
			"the size of its encrypted area (offset 0x2c) does not fit its flags" },
		[ARCB_BAD_SIZE] = { ERR_FORMAT,
			"its size (offset 0xc) does not fit its content" },
	};

	if (defect)
		*defect = which;
	error_set(err, kinds[which].code, "%s", kinds[which].text);
	return error_wrap(err, kinds[which].code, "Invalid attestation request");
}

int arcb_parse(struct arcb *arcb, const void *bytes, size_t size,
	       uint64_t supported_flags, enum arcb_defect *defect,
	       struct error *err)
{
	struct cursor c = cursor_over(bytes, size);
	const struct arcb_fixed *fixed = cursor_take(&c, sizeof(*fixed));
	enum arcb_defect found;

	if (!fixed)
		return defective(defect, ARCB_TRUNCATED, err);
	found = arcb_check_fixed(fixed, supported_flags);
	if (found != ARCB_SOUND)
		return defective(defect, found, err);
	arcb->fixed = fixed;
	arcb->flags = be64_get(fixed->flags);
	arcb->slot_count = fixed->head.slot_count;
	arcb->slots = cursor_take(&c, arcb->slot_count * sizeof(*arcb->slots));
	if (!arcb->slots ||
	    sealed_request_parse(&arcb->request, bytes, size, NULL) < 0)
		return defective(defect, ARCB_BAD_SIZE, err);
	if (defect)
		*defect = ARCB_SOUND;
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
