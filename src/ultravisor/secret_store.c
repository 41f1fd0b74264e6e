/* SPDX-License-Identifier: MIT */
#include "ultravisor/secret_store.h"

#include <stdlib.h>
#include <string.h>

#include "attestation/measurement.h"

void secret_store_free(struct secret_store *store)
{
	for (size_t i = 0; i < store->count; i++)
		secret_free(store->values[i]);
	free(store->values);
	free(store->entries);
	free(store->tags);
	secret_free(store->extension);
	*store = (struct secret_store){ 0 };
}

bool secret_store_has_room(const struct secret_store *store,
			   const struct secret_kind *kind,
			   const struct generation *generation)
{
	if (store->requests >= SECRET_STORE_MAX_REQUESTS)
		return false;
	if (!kind->listable)
		return true;
	if (kind->retrievable)
		return store->count - store->associations <
		       generation->max_retrievable_secrets;
	return store->associations < generation->max_association_secrets;
}

/* Room for one more tag, and for one more listable secret. */
static bool make_room(struct secret_store *store, bool listable)
{
	size_t count = store->count + 1;
	struct secret_list_entry *entries;
	struct secret **values;
	uint8_t *tags = realloc(store->tags, (store->requests + 1) * GCM_TAG_SIZE);

	if (!tags)
		return false;
	store->tags = tags;
	if (!listable)
		return true;
	entries = realloc(store->entries, count * sizeof(*entries));
	if (!entries)
		return false;
	store->entries = entries;
	values = realloc(store->values, count * sizeof(*values));
	if (!values)
		return false;
	store->values = values;
	return true;
}

static void append(struct secret_store *store, const struct asrcb *asrcb,
		   struct asrcb_secrets *secrets)
{
	struct secret_list_entry *entry = &store->entries[store->count];
	size_t size = secret_kind_retrieved_size(asrcb->kind, asrcb->value_size);

	*entry = (struct secret_list_entry){
		.index = be16((uint16_t)store->count),
		.type = be16(asrcb->type),
		.size = be32((uint32_t)size),
	};
	memcpy(entry->id, asrcb->id, sizeof(entry->id));
	store->values[store->count++] = secrets->value;
	secrets->value = NULL;
	if (!asrcb->kind->retrievable)
		store->associations++;
}

int secret_store_execute(struct secret_store *store, const struct asrcb *asrcb,
			 struct asrcb_secrets *secrets)
{
	if (!make_room(store, asrcb->kind->listable))
		return ERR_NOMEM;
	memcpy(store->tags + store->requests++ * GCM_TAG_SIZE, asrcb->request.tag,
	       GCM_TAG_SIZE);
	if (asrcb->kind->listable)
		append(store, asrcb, secrets);
	if (!store->extension) {
		store->extension = secrets->extension;
		secrets->extension = NULL;
	}
	return 0;
}

int secret_store_hash(const struct secret_store *store,
		      uint8_t hash[SHA512_SIZE])
{
	return store_hash_compute(hash, store->tags, store->requests, store->locked,
				  NULL);
}
