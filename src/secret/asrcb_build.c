/* SPDX-License-Identifier: MIT */
/* The owner's half of asrcb.h: making a request. */
#include <stdlib.h>
#include <string.h>

#include "secret/asrcb.h"

static bool has_user_data(const struct asrcb_input *input)
{
	return input->user_data || input->sign_key;
}

static int user_data_type(enum user_data_type *type, const struct asrcb_input *input,
			  struct error *err)
{
	if (input->sign_key)
		return user_data_type_of_key(type, input->sign_key, err);
	*type = has_user_data(input) ? USER_DATA_UNSIGNED : USER_DATA_NONE;
	return 0;
}

static int check_user_data(enum user_data_type *type, const struct asrcb_input *input,
			   struct error *err)
{
	int rc = user_data_type(type, input, err);

	if (rc == 0 && input->user_data_size > user_data_capacity(*type))
		rc = error_set(err, ERR_INVALID,
			       "The user data has %zu bytes; with the signature (%s) at most %zu fit",
			       input->user_data_size, user_data_type_name(*type),
			       user_data_capacity(*type));
	return rc;
}

int asrcb_input_check(const struct asrcb_input *input, struct error *err)
{
	enum user_data_type type;

	return check_user_data(&type, input, err);
}

static size_t value_size(const struct guest_secret *secret)
{
	return secret->value ? secret_size(secret->value) : 0;
}

static void fill_fixed(struct asrcb_fixed *fixed, const struct asrcb_input *input,
		       enum user_data_type type)
{
	struct asrcb_magic *magic = (struct asrcb_magic *)fixed->head.magic;

	memcpy(magic->text, ASRCB_MAGIC, ASRCB_MAGIC_SIZE);
	magic->user_data_type = be16((uint16_t)type);
	fixed->flags = be64(input->flags);
	fixed->image = *input->image;
	if (input->cuid)
		memcpy(fixed->cuid, input->cuid, sizeof(fixed->cuid));
	if (input->user_data_size)
		memcpy(fixed->user_data, input->user_data, input->user_data_size);
}

static void fill_secret_header(uint8_t *place, const struct guest_secret *secret)
{
	struct secret_header header = {
		.type = be16(secret->kind->type),
		.size = be32((uint32_t)value_size(secret)),
	};

	memcpy(header.id, secret->id, sizeof(header.id));
	memcpy(place, &header, secret->kind->header_size);
}

/* The encrypted area, in clear. Caller frees. */
static struct secret *make_area(const struct asrcb_input *input)
{
	const struct guest_secret *secret = input->secret;
	size_t size = value_size(secret);
	struct secret *area = secret_new(size + EXTENSION_SECRET_SIZE);

	if (!area)
		return NULL;
	if (size)
		memcpy(secret_bytes(area), secret_view(secret->value), size);
	if (input->extension_secret)
		memcpy(secret_bytes(area) + size, input->extension_secret,
		       EXTENSION_SECRET_SIZE);
	return area;
}

/*
 * The signature lies in the authenticated part but covers the ciphertext: so seal,
 * sign, insert, seal again. Key, IV and plaintext are the same, so is the
 * ciphertext; the tag of the first round never leaves this function.
 */
static int seal(uint8_t *bytes, size_t size, const struct asrcb_input *input,
		const struct request_keys *keys, enum user_data_type type,
		struct error *err)
{
	struct secret *area = make_area(input);
	int rc;

	if (!area)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = request_seal(bytes, keys, secret_view(area), err);
	if (rc == 0 && input->sign_key) {
		rc = user_data_sign(bytes, size - GCM_TAG_SIZE,
				    offsetof(struct asrcb_fixed, user_data), type,
				    input->sign_key, err);
		if (rc == 0)
			rc = request_seal(bytes, keys, secret_view(area), err);
	}
	secret_free(area);
	return rc;
}

static int fill(uint8_t *bytes, size_t size, const struct asrcb_input *input,
		const struct request_keys *keys, enum user_data_type type,
		struct error *err)
{
	struct asrcb_fixed *fixed = (struct asrcb_fixed *)bytes;
	struct key_slot *slots = (struct key_slot *)(fixed + 1);
	int rc;

	request_head_fill(&fixed->head, keys, &input->hosts, size,
			  value_size(input->secret) + EXTENSION_SECRET_SIZE);
	fill_fixed(fixed, input, type);
	fill_secret_header((uint8_t *)(slots + input->hosts.count), input->secret);
	rc = request_write_slots(fixed->customer_key, slots, keys, &input->hosts, err);
	return rc < 0 ? rc : seal(bytes, size, input, keys, type, err);
}

int asrcb_build(uint8_t **bytes, size_t *size, const struct asrcb_input *input,
		const struct request_keys *keys, struct error *err)
{
	enum user_data_type type;
	int rc = request_hosts_check(&input->hosts, err);

	*bytes = NULL;
	if (rc == 0)
		rc = check_user_data(&type, input, err);
	if (rc < 0)
		return rc;
	*size = asrcb_size(input->hosts.count, input->secret->kind,
			   value_size(input->secret));
	*bytes = calloc(1, *size);
	if (!*bytes)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = fill(*bytes, *size, input, keys, type, err);
	if (rc < 0) {
		free(*bytes);
		*bytes = NULL;
	}
	return rc;
}

int asrcb_create(uint8_t **bytes, size_t *size, const struct asrcb_input *input,
		 struct error *err)
{
	struct request_keys keys;
	int rc = request_keys_generate(&keys, err);

	*bytes = NULL;
	if (rc == 0)
		rc = asrcb_build(bytes, size, input, &keys, err);
	request_keys_free(&keys);
	return rc;
}
