/* SPDX-License-Identifier: MIT */
/*
 * Protected keys: how Retrieve Secret gives out key material. The guest gets the
 * key encrypted under a wrapping key of its configuration, which never leaves
 * the ultravisor, followed by the pattern that tells which wrapping key it was.
 * See docs/reference/ultravisor-calls.md, "Protected keys".
 */
#ifndef UV_ULTRAVISOR_PROTECTED_KEY_H
#define UV_ULTRAVISOR_PROTECTED_KEY_H

#include "crypto/crypto.h"
#include "secret/secret_type.h"

struct wrapping_key {
	uint8_t key[XTS_KEY_SIZE];
	uint8_t pattern[SECRET_VERIFICATION_PATTERN_SIZE]; /* random, like the key */
};

/*
 * Writes @size bytes of encrypted key and the pattern to @blob. @type is the secret
 * type of the key, of XTS_MIN_SIZE bytes or more, at @value.
 */
int protected_key_wrap(uint8_t *blob, const struct wrapping_key *wrapping,
		       uint16_t type, const uint8_t *value, size_t size,
		       struct error *err);

#endif
