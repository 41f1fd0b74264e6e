/* SPDX-License-Identifier: MIT */
#include "secret/guest_secret.h"

#include <string.h>

#include "crypto/crypto.h"
#include "image/se_header.h"
#include "secret/ec_secret.h"

static int set_value(struct guest_secret *secret, enum secret_type type,
		     const void *bytes, size_t size, struct error *err)
{
	*secret = (struct guest_secret){ .kind = secret_kind_find(type) };
	secret->value = secret_copy(bytes, size);
	return secret->value ? 0 : error_set(err, ERR_NOMEM, "Out of memory");
}

void guest_secret_meta(struct guest_secret *secret)
{
	*secret = (struct guest_secret){ .kind = secret_kind_find(SECRET_META) };
}

int guest_secret_association(struct guest_secret *secret, const uint8_t *value,
			     struct error *err)
{
	static const uint8_t blank[SECRET_ASSOCIATION_SIZE];
	int rc = set_value(secret, SECRET_ASSOCIATION, value ? value : blank,
			   SECRET_ASSOCIATION_SIZE, err);

	if (rc == 0 && !value)
		rc = crypto_random(secret_bytes(secret->value),
				   SECRET_ASSOCIATION_SIZE, err);
	if (rc < 0)
		guest_secret_free(secret);
	return rc;
}

int guest_secret_update_cck(struct guest_secret *secret, const uint8_t *cck,
			    struct error *err)
{
	return set_value(secret, SECRET_UPDATE_CCK, cck, CCK_SIZE, err);
}

static int make_plaintext(struct guest_secret *secret, const void *payload, size_t size,
			  struct error *err)
{
	size_t stored = sizeof(be16_t) + size;
	be16_t length = be16((uint16_t)size);

	if (size > SECRET_PLAINTEXT_MAX_PAYLOAD)
		return error_set(err, ERR_INVALID,
				 "A plaintext secret has at most %d bytes, not %zu",
				 SECRET_PLAINTEXT_MAX_PAYLOAD, size);
	stored += (SECRET_PLAINTEXT_STEP - stored % SECRET_PLAINTEXT_STEP) %
		  SECRET_PLAINTEXT_STEP;
	*secret = (struct guest_secret){ .kind = secret_kind_find(SECRET_PLAINTEXT) };
	secret->value = secret_new(stored);
	if (!secret->value)
		return error_set(err, ERR_NOMEM, "Out of memory");
	memcpy(secret_bytes(secret->value), &length, sizeof(length));
	if (size)
		memcpy(secret_bytes(secret->value) + sizeof(length), payload, size);
	return 0;
}

/* The keys whose size says what they are. */
static const struct {
	const char *name, *sizes;
	enum secret_type types[3]; /* ended by 0 where there are fewer */
} symmetric[] = {
	[RETRIEVABLE_AES] = { "AES key", "16, 24 or 32",
			      { SECRET_AES_128, SECRET_AES_192, SECRET_AES_256 } },
	[RETRIEVABLE_AES_XTS] = { "AES-XTS key", "32 or 64",
				  { SECRET_AES_XTS_128, SECRET_AES_XTS_256 } },
	[RETRIEVABLE_HMAC_SHA] = { "HMAC-SHA key", "64 (for SHA-256) or 128 (for SHA-512)",
				   { SECRET_HMAC_SHA_256, SECRET_HMAC_SHA_512 } },
};

static int make_symmetric(struct guest_secret *secret, enum retrievable_input input,
			  const void *key, size_t size, struct error *err)
{
	for (size_t i = 0; i < 3 && symmetric[input].types[i]; i++)
		if (secret_kind_find(symmetric[input].types[i])->size == size)
			return set_value(secret, symmetric[input].types[i], key, size, err);
	return error_set(err, ERR_INVALID, "The %s has %zu bytes; it needs %s",
			 symmetric[input].name, size, symmetric[input].sizes);
}

static int make_ec(struct guest_secret *secret, const void *file, size_t size,
		   struct error *err)
{
	const struct secret_kind *kind;
	struct secret *value;
	int rc = ec_secret_parse(&value, &kind, file, size, err);

	if (rc == 0)
		*secret = (struct guest_secret){ .kind = kind, .value = value };
	return rc;
}

int guest_secret_retrievable(struct guest_secret *secret, enum retrievable_input input,
			     const void *bytes, size_t size, struct error *err)
{
	*secret = (struct guest_secret){ 0 };
	if (input == RETRIEVABLE_PLAIN)
		return make_plaintext(secret, bytes, size, err);
	if (input == RETRIEVABLE_EC)
		return make_ec(secret, bytes, size, err);
	return make_symmetric(secret, input, bytes, size, err);
}

int guest_secret_name(struct guest_secret *secret, const char *name, bool unhashed,
		      struct error *err)
{
	if (!secret->kind->listable)
		return 0;
	if (!unhashed)
		return secret_id_from_hash(secret->id, name, err);
	secret_id_from_name(secret->id, name);
	return 0;
}

void guest_secret_free(struct guest_secret *secret)
{
	secret_free(secret->value);
	secret->value = NULL;
}
