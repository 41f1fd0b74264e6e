/* SPDX-License-Identifier: MIT */
/* The machine's host keys, and the key slots that they open. */
#ifndef UV_ULTRAVISOR_HOST_KEY_H
#define UV_ULTRAVISOR_HOST_KEY_H

#include "image/key_slot.h"

struct host_key {
	EVP_PKEY *pair; /* the caller's; NULL when not installed */
	uint8_t phkh[PHKH_SIZE];
};

/*
 * Installs @pair (NULL = none). ERR_UNSUPPORTED unless it is on P-521,
 * ERR_CRYPTO when it has no private half. @name goes into the message.
 */
int host_key_install(struct host_key *key, EVP_PKEY *pair, const char *name,
		     struct error *err);

/* The first of @count slots that is for @key; NULL when there is none. */
const struct key_slot *host_key_slot(const struct host_key *key,
				     const struct key_slot *slots, size_t count);

#endif
