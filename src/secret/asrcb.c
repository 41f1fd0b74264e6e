/* SPDX-License-Identifier: MIT */
#include "secret/asrcb.h"

#include <string.h>

#include "base/cursor.h"

/* The smallest ASRCB: one slot, a meta secret. */
#define SIZE_MIN                                                           \
	(sizeof(struct asrcb_fixed) + sizeof(struct key_slot) +            \
	 SECRET_META_HEADER_SIZE + EXTENSION_SECRET_SIZE + GCM_TAG_SIZE)

static int defective(enum request_defect *defect, enum request_defect which,
		     struct error *err)
{
	static const struct request_kind kind = { "add-secret request", ASRCB_MAGIC };

	return request_defective(defect, which, &kind, err);
}

enum request_defect asrcb_check_fixed(const struct asrcb_fixed *fixed,
				      uint64_t supported_flags)
{
	uint32_t size = be32_get(fixed->head.size);

	if (memcmp(fixed->head.magic, ASRCB_MAGIC, ASRCB_MAGIC_SIZE) != 0)
		return REQUEST_BAD_MAGIC;
	if (be32_get(fixed->head.version) != REQUEST_VERSION_1)
		return REQUEST_BAD_VERSION;
	if (size < SIZE_MIN || size > REQUEST_MAX_SIZE)
		return REQUEST_BAD_SIZE;
	if (fixed->head.slot_count == 0)
		return REQUEST_NO_SLOTS;
	if (be64_get(fixed->flags) & ~supported_flags)
		return REQUEST_BAD_FLAGS;
	return REQUEST_SOUND;
}

/*
 * The secret's header, which ends where the encrypted area begins. Only a meta
 * secret's is short; an unknown type is taken for one with an ID.
 */
static bool take_secret_header(struct asrcb *asrcb, struct cursor *c)
{
	const struct secret_header *header = cursor_take(c, SECRET_META_HEADER_SIZE);
	size_t area_size = asrcb->request.area_size;

	if (!header)
		return false;
	asrcb->type = be16_get(header->type);
	asrcb->kind = secret_kind_find(asrcb->type);
	asrcb->value_size = be32_get(header->size);
	asrcb->id = NULL;
	if (asrcb->type != SECRET_META) {
		const uint8_t *id = cursor_take(c, SECRET_ID_SIZE);

		if (!id)
			return false;
		if (!asrcb->kind || asrcb->kind->listable)
			asrcb->id = id;
	}
	return area_size >= EXTENSION_SECRET_SIZE &&
	       asrcb->value_size == area_size - EXTENSION_SECRET_SIZE &&
	       c->data + c->position == asrcb->request.area;
}

int asrcb_parse(struct asrcb *asrcb, const void *bytes, size_t size,
		uint64_t supported_flags, enum request_defect *defect,
		struct error *err)
{
	struct cursor c = cursor_over(bytes, size);
	enum request_defect found;

	asrcb->fixed = cursor_take(&c, sizeof(*asrcb->fixed));
	if (!asrcb->fixed)
		return defective(defect, REQUEST_TRUNCATED, err);
	found = asrcb_check_fixed(asrcb->fixed, supported_flags);
	if (found != REQUEST_SOUND)
		return defective(defect, found, err);
	asrcb->flags = be64_get(asrcb->fixed->flags);
	asrcb->slot_count = asrcb->fixed->head.slot_count;
	asrcb->slots = cursor_take(&c, asrcb->slot_count * sizeof(*asrcb->slots));
	if (sealed_request_parse(&asrcb->request, bytes, size, NULL) < 0 ||
	    !asrcb->slots || !take_secret_header(asrcb, &c))
		return defective(defect, REQUEST_BAD_SIZE, err);
	if (defect)
		*defect = REQUEST_SOUND;
	return 0;
}

void asrcb_secrets_free(struct asrcb_secrets *secrets)
{
	secret_free(secrets->value);
	secret_free(secrets->extension);
	*secrets = (struct asrcb_secrets){ 0 };
}

int asrcb_open(struct asrcb_secrets *secrets, const struct asrcb *asrcb,
	       const uint8_t key[GCM_KEY_SIZE], struct error *err)
{
	struct secret *area;
	int rc = sealed_request_open(&area, &asrcb->request, key, err);

	*secrets = (struct asrcb_secrets){ 0 };
	if (rc < 0)
		return error_wrap(err, rc, "Cannot open the add-secret request");
	if (asrcb->value_size)
		secrets->value = secret_copy(secret_view(area), asrcb->value_size);
	secrets->extension = secret_copy(secret_view(area) + asrcb->value_size,
					 EXTENSION_SECRET_SIZE);
	secret_free(area);
	if (secrets->extension && (secrets->value || !asrcb->value_size))
		return 0;
	asrcb_secrets_free(secrets);
	return error_set(err, ERR_NOMEM, "Out of memory");
}

int asrcb_open_as_host(struct asrcb_secrets *secrets, const struct asrcb *asrcb,
		       EVP_PKEY *host_key, const uint8_t phkh[PHKH_SIZE],
		       struct error *err)
{
	const struct key_slot *slot =
		key_slot_find(asrcb->slots, asrcb->slot_count, phkh);
	struct secret *key;
	int rc;

	*secrets = (struct asrcb_secrets){ 0 };
	if (!slot)
		return error_set(err, ERR_NOT_FOUND,
				 "The add-secret request has no key slot for this host");
	rc = sealed_request_unwrap(&key, slot, asrcb->fixed->customer_key, host_key, err);
	if (rc < 0)
		return rc;
	rc = asrcb_open(secrets, asrcb, secret_view(key), err);
	secret_free(key);
	return rc;
}

/* Does the presence of a key suit the type? */
static int check_key(uint16_t type, EVP_PKEY *key, struct error *err)
{
	bool is_signed = type > USER_DATA_UNSIGNED;

	if (type >= USER_DATA_TYPES)
		return error_set(err, ERR_UNSUPPORTED,
				 "The request's type of user data (offset 0x6) is 0x%04x, which is unknown",
				 type);
	if (is_signed && !key) {
		error_set(err, ERR_REFUSED, "The request is signed with an %s key",
			  user_data_type_name(type));
		return error_hint(err, ERR_REFUSED,
				  "Give the certificate of who signed it");
	}
	if (!is_signed && key)
		return error_set(err, ERR_REFUSED,
				 "The request is not signed, but a signature was asked for");
	return 0;
}

int asrcb_verify_user_data(const uint8_t **data, size_t *size,
			   const struct asrcb *asrcb, EVP_PKEY *key,
			   struct error *err)
{
	uint16_t type = asrcb_user_data_type(asrcb->fixed);
	int rc = check_key(type, key, err);

	*data = asrcb->fixed->user_data;
	*size = 0;
	if (rc == 0 && type > USER_DATA_UNSIGNED)
		rc = user_data_verify((const uint8_t *)asrcb->fixed,
				      asrcb->request.size - GCM_TAG_SIZE,
				      offsetof(struct asrcb_fixed, user_data),
				      (enum user_data_type)type, key, err);
	if (rc < 0)
		return rc;
	*size = user_data_capacity((enum user_data_type)type);
	return 0;
}
