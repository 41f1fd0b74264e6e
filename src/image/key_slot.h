/* SPDX-License-Identifier: MIT */
/*
 * Key slot: a 32-byte key wrapped for one host. See
 * docs/reference/se-header.md, "Public keys and key slots". Requests
 * (attestation, add-secret) use the same slots as the SE header.
 */
#ifndef UV_IMAGE_KEY_SLOT_H
#define UV_IMAGE_KEY_SLOT_H

#include <stdint.h>

#include "base/be.h"
#include "crypto/crypto.h"
#include "crypto/ec.h"

struct key_slot {
	uint8_t phkh[PHKH_SIZE];           /* 0x00 */
	uint8_t wrapped_key[GCM_KEY_SIZE]; /* 0x20 */
	uint8_t tag[GCM_TAG_SIZE];         /* 0x40 */
};
WIRE_AT(struct key_slot, wrapped_key, 0x20);
WIRE_AT(struct key_slot, tag, 0x40);
WIRE_SIZE(struct key_slot, 0x50);

/* Fills @slot with @key wrapped by @own (a key pair) for @host (a public key). */
int key_slot_seal(struct key_slot *slot, EVP_PKEY *own, EVP_PKEY *host,
		  const uint8_t key[GCM_KEY_SIZE], struct error *err);

/*
 * Unwraps with the private @host key and the public key of whoever sealed it.
 * The key is at *@key; caller frees. ERR_AUTH when the slot's tag is wrong.
 */
int key_slot_open(struct secret **key, const struct key_slot *slot,
		  EVP_PKEY *host, EVP_PKEY *peer, struct error *err);

#endif
