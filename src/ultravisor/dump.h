/* SPDX-License-Identifier: MIT */
/*
 * The dump that a configuration is in the midst of. See
 * docs/reference/ultravisor-calls.md, "Dump calls".
 */
#ifndef UV_ULTRAVISOR_DUMP_H
#define UV_ULTRAVISOR_DUMP_H

#include <stdint.h>

#include "base/secret.h"
#include "crypto/crypto.h"
#include "dump/confidential.h"

/* All zero outside a dump. */
struct dump_session {
	struct secret *key;           /* derived from CCK and seed */
	struct xts *cipher;           /* encrypts pages */
	uint8_t seed[DUMP_SEED_SIZE];
	uint32_t areas_sealed;        /* with the key so far; makes the next IV */
	/*
	 * The page at address 0 is export number so and so, the others follow:
	 * the tweak components need no room, and none was ever used before.
	 */
	uint64_t first_export;
};

/* Forgets the session's keys. */
void dump_session_clear(struct dump_session *session);

#endif
