/* SPDX-License-Identifier: MIT */
/*
 * Sharing of pages with the hypervisor: Set and Remove Shared Access by the
 * guest; Unshare All, Prepare For Reset and look-ups by the hypervisor. See
 * docs/reference/ultravisor-calls.md, "Sharing".
 */
#include "ultravisor/calls.h"
#include "ultravisor/uvcb.h"

static struct uv_result set_sharing(struct guest_call *call, bool shared)
{
	const struct uvcb_share *block = (const struct uvcb_share *)call->block;
	struct configuration *c = call->configuration;
	uint64_t address = be64_get(block->address);

	operation_about(call->operation, address, 0);
	if (address % UV_PAGE_SIZE != 0 ||
	    !configuration_has(c, address, UV_PAGE_SIZE))
		return uv_result(UV_RC_SHARE_ADDRESS, 0);
	/*
	 * The hypervisor took the page away. Its content is needed to share
	 * it, so that the guest has to wait until it is back.
	 */
	if (shared && pages_exported(&c->pages, address))
		return uv_result(UV_RC_BUSY, 0);
	if (!pages_set_shared(&c->pages, address, shared))
		return uv_internal_failure(ERR_NOMEM);
	return uv_executed();
}

struct uv_result guest_share(struct guest_call *call)
{
	return set_sharing(call, true);
}

struct uv_result guest_unshare(struct guest_call *call)
{
	return set_sharing(call, false);
}

static struct uv_result unshare_all(struct configuration *c)
{
	if (c->phase != UV_PHASE_VERIFIED)
		return uv_result(UV_RC_INVALID_STATE, 0);
	pages_unshare_all(&c->pages);
	return uv_executed();
}

struct uv_result uv_unshare_all(struct uv *uv, uint64_t handle)
{
	struct operation op = operation_begin(uv, handle, UVC_UNSHARE_ALL);

	if (!op.configuration)
		return operation_end(&op, uv_result(UV_RC_INVALID_HANDLE, 0));
	return operation_end(&op, unshare_all(op.configuration));
}

static struct uv_result prepare_reset(const struct configuration *c)
{
	if (c->phase != UV_PHASE_VERIFIED)
		return uv_result(UV_RC_INVALID_STATE, 0);
	if (c->pages.shared > 0)
		return uv_result(UV_RC_PAGES_SHARED, 0);
	return uv_executed();
}

struct uv_result uv_prepare_reset(struct uv *uv, uint64_t handle)
{
	struct operation op = operation_begin(uv, handle, UVC_PREPARE_RESET);

	if (!op.configuration)
		return operation_end(&op, uv_result(UV_RC_INVALID_HANDLE, 0));
	return operation_end(&op, prepare_reset(op.configuration));
}

bool uv_page_is_shared(struct uv *uv, uint64_t handle, uint64_t address)
{
	struct configuration *c = configuration_lock(uv, handle);
	uint64_t page = address - address % UV_PAGE_SIZE;
	bool shared;

	if (!c)
		return false;
	shared = configuration_has(c, page, UV_PAGE_SIZE) &&
		 pages_is_shared(&c->pages, page);
	configuration_unlock(uv, c);
	return shared;
}

/* As pages_next_shared(), under the configuration's lock. */
static bool next_shared(struct uv *uv, uint64_t handle, uint64_t from,
			uint64_t *address, uint64_t *size)
{
	struct configuration *c = configuration_lock(uv, handle);
	bool found;

	if (!c)
		return false;
	found = pages_next_shared(&c->pages, from, address, size);
	configuration_unlock(uv, c);
	return found;
}

void uv_for_each_shared(struct uv *uv, uint64_t handle,
			void (*each)(void *context, uint64_t address, uint64_t size),
			void *context)
{
	uint64_t from = 0, address, size;

	/* Without the lock during each(), so that it may use the ultravisor. */
	while (next_shared(uv, handle, from, &address, &size)) {
		each(context, address, size);
		from = address + size;
	}
}
