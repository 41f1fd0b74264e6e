/* SPDX-License-Identifier: MIT */
#include "request/sealed_request.h"

#include <string.h>

#include "base/cursor.h"
#include "crypto/crypto.h"

int request_defective(enum request_defect *defect, enum request_defect which,
		      const struct request_kind *kind, struct error *err)
{
	static const struct {
		int code;
		const char *text;
	} defects[REQUEST_DEFECTS] = {
		[REQUEST_TRUNCATED] = { ERR_FORMAT, "it ends before its fixed part" },
		[REQUEST_BAD_MAGIC] = { ERR_FORMAT, "it does not start with " },
		[REQUEST_BAD_VERSION] = { ERR_UNSUPPORTED,
			"its version (offset 0x8) is not 0x100" },
		[REQUEST_BAD_SIZE] = { ERR_FORMAT,
			"its size (offset 0xc) does not fit its content" },
		[REQUEST_NO_SLOTS] = { ERR_FORMAT,
			"it has no key slots (offset 0x27)" },
		[REQUEST_BAD_FLAGS] = { ERR_UNSUPPORTED,
			"it has an unknown flag (offset 0x30)" },
		[REQUEST_BAD_ALGORITHM] = { ERR_UNSUPPORTED,
			"its measurement algorithm (offset 0x38) is not 1, HMAC-SHA-512" },
		[REQUEST_BAD_AREA_SIZE] = { ERR_FORMAT,
			"the size of its encrypted area (offset 0x2c) does not fit its flags" },
	};

	if (defect)
		*defect = which;
	error_set(err, defects[which].code, "%s%s", defects[which].text,
		  which == REQUEST_BAD_MAGIC ? kind->magic : "");
	return error_wrap(err, defects[which].code, "Invalid %s", kind->name);
}

static int malformed(struct error *err, const char *why)
{
	error_set(err, ERR_FORMAT, "%s", why);
	return error_wrap(err, ERR_FORMAT, "Invalid request");
}

int sealed_request_parse(struct sealed_request *request, const void *bytes,
			 size_t size, struct error *err)
{
	struct cursor c = cursor_over(bytes, size);
	const struct request_head *head = cursor_take(&c, sizeof(*head));
	size_t area_size;

	if (!head)
		return malformed(err, "it ends before its head");
	if (be32_get(head->size) != size)
		return malformed(err, "its size (offset 0xc) is not that of what is there");
	area_size = be32_get(head->area_size);
	if (cursor_left(&c) < GCM_TAG_SIZE ||
	    area_size > cursor_left(&c) - GCM_TAG_SIZE)
		return malformed(err, "its encrypted area (offset 0x2c) and tag do not fit into it");
	request->head = head;
	request->size = size;
	request->area_size = area_size;
	request->area = (const uint8_t *)bytes + size - GCM_TAG_SIZE - area_size;
	request->tag = request->area + area_size;
	return 0;
}

const struct key_slot *key_slot_find(const struct key_slot *slots, size_t count,
				     const uint8_t phkh[PHKH_SIZE])
{
	for (size_t i = 0; i < count; i++)
		if (memcmp(slots[i].phkh, phkh, PHKH_SIZE) == 0)
			return &slots[i];
	return NULL;
}

int sealed_request_unwrap(struct secret **key, const struct key_slot *slot,
			  const uint8_t customer_key[EC_COORD_SIZE],
			  EVP_PKEY *host_key, struct error *err)
{
	EVP_PKEY *customer;
	int rc;

	*key = NULL;
	rc = ec_from_coord(&customer, customer_key, err);
	if (rc < 0)
		return error_wrap(err, rc, "Invalid customer key in the request");
	rc = key_slot_open(key, slot, host_key, customer, err);
	EVP_PKEY_free(customer);
	return rc;
}

int sealed_request_open(struct secret **area, const struct sealed_request *request,
			const uint8_t key[GCM_KEY_SIZE], struct error *err)
{
	struct secret *plain = secret_new(request->area_size);
	int rc;

	*area = NULL;
	if (!plain)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = gcm_open(key, request->head->iv, request->head,
		      (size_t)(request->area - (const uint8_t *)request->head),
		      request->area, secret_bytes(plain), request->area_size,
		      request->tag, err);
	if (rc < 0) {
		secret_free(plain);
		return error_wrap(err, rc, "Cannot authenticate and decrypt the request");
	}
	*area = plain;
	return 0;
}

/* --- Making one ------------------------------------------------------------ */

int request_keys_generate(struct request_keys *keys, struct error *err)
{
	int rc;

	*keys = (struct request_keys){ .protection = secret_new(GCM_KEY_SIZE) };
	if (!keys->protection)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = crypto_random(secret_bytes(keys->protection), GCM_KEY_SIZE, err);
	if (rc == 0)
		rc = crypto_random(keys->iv, sizeof(keys->iv), err);
	if (rc == 0)
		rc = ec_generate(&keys->customer, err);
	return rc;
}

void request_keys_free(struct request_keys *keys)
{
	EVP_PKEY_free(keys->customer);
	secret_free(keys->protection);
	*keys = (struct request_keys){ 0 };
}

int request_hosts_check(const struct request_hosts *hosts, struct error *err)
{
	if (hosts->count == 0)
		return error_set(err, ERR_INVALID, "No host key document provided");
	if (hosts->count > REQUEST_MAX_SLOTS)
		return error_set(err, ERR_INVALID,
				 "A request is for at most %d host keys, not for %zu",
				 REQUEST_MAX_SLOTS, hosts->count);
	return 0;
}

void request_head_fill(struct request_head *head, const struct request_keys *keys,
		       const struct request_hosts *hosts, size_t size,
		       size_t area_size)
{
	*head = (struct request_head){
		.version = be32(REQUEST_VERSION_1),
		.size = be32((uint32_t)size),
		.slot_count = (uint8_t)hosts->count,
		.area_size = be32((uint32_t)area_size),
	};
	memcpy(head->iv, keys->iv, sizeof(head->iv));
}

int request_write_slots(uint8_t customer_key[EC_COORD_SIZE], struct key_slot *slots,
			const struct request_keys *keys,
			const struct request_hosts *hosts, struct error *err)
{
	int rc = request_hosts_check(hosts, err);

	if (rc == 0)
		rc = ec_to_coord(customer_key, keys->customer, err);
	for (size_t i = 0; rc == 0 && i < hosts->count; i++)
		rc = key_slot_seal(&slots[i], keys->customer, hosts->keys[i],
				   secret_view(keys->protection), err);
	return rc;
}

int request_seal(void *bytes, const struct request_keys *keys, const void *area,
		 struct error *err)
{
	const struct request_head *head = bytes;
	size_t area_size = be32_get(head->area_size);
	size_t covered = be32_get(head->size) - GCM_TAG_SIZE - area_size;
	uint8_t *cipher = (uint8_t *)bytes + covered;

	return gcm_seal(secret_view(keys->protection), head->iv, bytes, covered, area,
			cipher, area_size, cipher + area_size, err);
}
