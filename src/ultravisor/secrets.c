/* SPDX-License-Identifier: MIT */
/*
 * The guest's calls on its secret store: List Secrets, Lock Secret Store and
 * Retrieve Secret. (Add Secret is a file of its own.) See
 * docs/reference/ultravisor-calls.md, "Secret store".
 */
#include <string.h>

#include "ultravisor/calls.h"
#include "ultravisor/uvcb.h"

struct uv_result guest_list_secrets(struct guest_call *call)
{
	const struct uvcb_list_secrets *block =
		(const struct uvcb_list_secrets *)call->block;
	const struct secret_store *store = &call->configuration->secrets;
	const struct uv_access *access = call->access;
	uint64_t address = be64_get(block->page);
	uint8_t page[SECRET_LIST_PAGE_SIZE];
	bool more = secret_list_fill_page(page, store->entries, store->count,
					  be16_get(block->start));

	operation_about(call->operation, address, 0);
	if (!access->write(access->vcpu, address, page, sizeof(page)))
		return uv_result(UV_RC_NO_TRANSLATION, 0);
	return more ? uv_result(UV_RC_MORE_DATA, 0) : uv_executed();
}

struct uv_result guest_lock_secrets(struct guest_call *call)
{
	struct secret_store *store = &call->configuration->secrets;

	if (store->locked)
		return uv_result(UV_RC_STORE_LOCKED, 0);
	store->locked = true;
	return uv_executed();
}

/* --- Retrieve Secret ------------------------------------------------------- */

static struct uv_result find(const struct secret_store *store, size_t index,
			     const struct secret_kind **kind)
{
	if (store->count == 0)
		return uv_result(UV_RC_STORE_EMPTY, 0);
	if (index >= store->count)
		return uv_result(UV_RC_NO_SECRET, 0);
	*kind = secret_kind_find(be16_get(store->entries[index].type));
	if (!(*kind)->retrievable)
		return uv_result(UV_RC_NOT_RETRIEVABLE, 0);
	return uv_executed();
}

/* What the guest gets for a secret: the bytes as stored, or a protected key. */
static int make_blob(struct secret **blob, struct configuration *c,
		     const struct secret_kind *kind, const struct secret *value)
{
	size_t size = secret_size(value);

	*blob = secret_new(secret_kind_retrieved_size(kind, size));
	if (!*blob)
		return ERR_NOMEM;
	if (kind->key)
		return protected_key_wrap(secret_bytes(*blob),
					  &configuration_keys(c)->wrapping_key,
					  kind->type, secret_view(value), size, NULL);
	memcpy(secret_bytes(*blob), secret_view(value), size);
	return 0;
}

static struct uv_result give(struct guest_call *call, uint64_t address,
			     const struct secret_kind *kind,
			     const struct secret *value)
{
	const struct uv_access *access = call->access;
	struct uv_result result = uv_executed();
	struct secret *blob;
	int rc = make_blob(&blob, call->configuration, kind, value);

	if (rc < 0)
		result = uv_internal_failure(rc);
	else if (!access->write(access->vcpu, address, secret_view(blob),
				secret_size(blob)))
		result = uv_result(UV_RC_RETRIEVE_NO_BUFFER, 0);
	secret_free(blob);
	return result;
}

struct uv_result guest_retrieve_secret(struct guest_call *call)
{
	const struct uvcb_retrieve_secret *block =
		(const struct uvcb_retrieve_secret *)call->block;
	const struct secret_store *store = &call->configuration->secrets;
	size_t index = be16_get(block->index);
	const struct secret_kind *kind;
	struct uv_result result = find(store, index, &kind);

	operation_about(call->operation, be64_get(block->buffer),
			be32_get(block->size));
	if (!uv_ok(result))
		return result;
	if (be32_get(block->size) < be32_get(store->entries[index].size))
		return uv_result(UV_RC_RETRIEVE_BUFFER_SIZE, 0);
	return give(call, be64_get(block->buffer), kind, store->values[index]);
}
