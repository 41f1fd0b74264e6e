/* SPDX-License-Identifier: MIT */
/*
 * A secret as it goes into an add-secret request: its kind, its ID, and its
 * value in the encoding that the ultravisor stores. See
 * docs/reference/secrets.md, "Secret types".
 */
#ifndef UV_SECRET_GUEST_SECRET_H
#define UV_SECRET_GUEST_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/secret.h"
#include "secret/secret_id.h"
#include "secret/secret_type.h"

struct guest_secret {
	const struct secret_kind *kind;
	uint8_t id[SECRET_ID_SIZE]; /* zero where the kind has none */
	struct secret *value;       /* NULL for a meta secret */
};

/* What the owner may hand over for a retrievable secret. */
enum retrievable_input {
	RETRIEVABLE_PLAIN,    /* up to SECRET_PLAINTEXT_MAX_PAYLOAD bytes */
	RETRIEVABLE_AES,      /* a key of 16, 24 or 32 bytes */
	RETRIEVABLE_AES_XTS,  /* two keys of 16 or 32 bytes each */
	RETRIEVABLE_HMAC_SHA, /* 64 bytes (for SHA-256) or 128 (SHA-512) */
	RETRIEVABLE_EC,       /* a PEM or DER file with a private key */
};

/*
 * All of these fill @secret, which the caller frees with guest_secret_free();
 * after a failure there is nothing to free.
 */
void guest_secret_meta(struct guest_secret *secret);

/* @value has SECRET_ASSOCIATION_SIZE bytes; NULL for random ones. */
int guest_secret_association(struct guest_secret *secret, const uint8_t *value,
			     struct error *err);

/*
 * The @size bytes at @bytes decide about the kind. ERR_INVALID for a size,
 * ERR_UNSUPPORTED for a curve that no kind has.
 */
int guest_secret_retrievable(struct guest_secret *secret, enum retrievable_input input,
			     const void *bytes, size_t size, struct error *err);

/* @cck has CCK_SIZE bytes: the one that replaces the image's. */
int guest_secret_update_cck(struct guest_secret *secret, const uint8_t *cck,
			    struct error *err);

/*
 * Gives @secret its ID: the hash of @name, or with @unhashed the name itself.
 * Without effect on the kinds that have none.
 */
int guest_secret_name(struct guest_secret *secret, const char *name, bool unhashed,
		      struct error *err);

void guest_secret_free(struct guest_secret *secret);

#endif
