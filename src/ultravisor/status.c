/* SPDX-License-Identifier: MIT */
/* What the hypervisor side may ask about a configuration. */
#include <string.h>

#include "ultravisor/configuration.h"

const char *uv_phase_name(enum uv_phase phase)
{
	static const char *const names[] = {
		[UV_PHASE_CREATED] = "created",
		[UV_PHASE_PARAMETERS_SET] = "parameters-set",
		[UV_PHASE_UNPACKING] = "unpacking",
		[UV_PHASE_VERIFIED] = "verified",
		[UV_PHASE_FAILED] = "failed",
	};

	return names[phase];
}

bool uv_configuration_status(struct uv *uv, uint64_t handle,
			     struct uv_status *status)
{
	struct configuration *c = configuration_lock(uv, handle);

	*status = (struct uv_status){ 0 };
	if (!c)
		return false;
	status->phase = c->phase;
	status->storage_size = c->storage_size;
	status->pages_unpacked = c->pages_unpacked;
	status->pages_expected = c->image.page_count;
	status->pages_shared = c->pages.shared;
	status->pages_exported = c->pages.exported;
	memcpy(status->header_tag, c->image.tags.tag, sizeof(status->header_tag));
	status->pcf = c->image.pcf;
	status->scf = c->image.scf;
	memcpy(status->phkh, c->image.phkh, sizeof(status->phkh));
	status->backup_host_key = c->image.backup_host_key;
	memcpy(status->cuid, c->cuid, sizeof(status->cuid));
	status->secrets_association = c->secrets.associations;
	status->secrets_retrievable = c->secrets.count - c->secrets.associations;
	status->secret_requests = c->secrets.requests;
	status->secrets_locked = c->secrets.locked;
	status->dump_disabled = c->dump_disabled;
	status->dumping = c->dumping;
	configuration_unlock(uv, c);
	return true;
}

bool uv_initial_psw(struct uv *uv, uint64_t handle, uint64_t *mask,
		    uint64_t *address)
{
	struct configuration *c = configuration_lock(uv, handle);
	bool verified;

	if (!c)
		return false;
	verified = c->phase == UV_PHASE_VERIFIED;
	if (verified) {
		*mask = be64_get(configuration_keys(c)->psw_mask);
		*address = be64_get(configuration_keys(c)->psw_address);
	}
	configuration_unlock(uv, c);
	return verified;
}
