/* SPDX-License-Identifier: MIT */
/*
 * The secrets of one configuration: what add-secret requests brought, and what
 * is remembered about the requests themselves. See
 * docs/reference/ultravisor-calls.md, "Secret store".
 *
 * A zeroed store is an empty, unlocked one. Its owner does the locking.
 */
#ifndef UV_ULTRAVISOR_SECRET_STORE_H
#define UV_ULTRAVISOR_SECRET_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/secret.h"
#include "secret/asrcb.h"
#include "secret/secret_list.h"
#include "ultravisor/generation.h"

/*
 * The tag of every executed request is kept, for the attested hash; a guest must
 * not get all of the machine's memory by repeating one. (1 MiB of tags.)
 */
#define SECRET_STORE_MAX_REQUESTS 65536

struct secret_store {
	struct secret_list_entry *entries; /* as lists show them, by index */
	struct secret **values;            /* of the entries */
	size_t count;
	size_t associations;               /* how many of them are; the rest is retrievable */
	uint8_t *tags;                     /* GCM_TAG_SIZE bytes for each executed request */
	size_t requests;
	struct secret *extension;          /* of the first request; NULL before */
	bool locked;
};

/* Wipes and frees everything; the store is an empty one then. */
void secret_store_free(struct secret_store *store);

/* Is there room for one more request with a secret of @kind? */
bool secret_store_has_room(const struct secret_store *store,
			   const struct secret_kind *kind,
			   const struct generation *generation);

/*
 * Executes a request: keeps its tag, the value of a listable secret under the
 * next index, and the extension secret of the first one. What is kept is taken
 * out of @secrets. ERR_NOMEM: nothing has changed.
 */
int secret_store_execute(struct secret_store *store, const struct asrcb *asrcb,
			 struct asrcb_secrets *secrets);

/* The hash over requests and lock that attestation tells. ERR_CRYPTO. */
int secret_store_hash(const struct secret_store *store,
		      uint8_t hash[SHA512_SIZE]);

#endif
