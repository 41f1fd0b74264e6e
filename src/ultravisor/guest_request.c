/* SPDX-License-Identifier: MIT */
#include "ultravisor/guest_request.h"

#include <stdlib.h>
#include <string.h>

int guest_request_fetch(uint8_t **bytes, size_t size, const void *fixed,
			size_t fixed_size, const struct uv_access *access,
			uint64_t address)
{
	*bytes = malloc(size);
	if (!*bytes)
		return ERR_NOMEM;
	memcpy(*bytes, fixed, fixed_size);
	if (access->read(access->vcpu, address + fixed_size, *bytes + fixed_size,
			 size - fixed_size))
		return 0;
	free(*bytes);
	*bytes = NULL;
	return ERR_IO;
}

const struct host_key *guest_request_host_key(const struct uv *uv,
					      const struct key_slot *slots,
					      size_t count)
{
	if (host_key_slot(&uv->host_key, slots, count))
		return &uv->host_key;
	if (host_key_slot(&uv->backup_host_key, slots, count))
		return &uv->backup_host_key;
	return NULL;
}

struct uv_result guest_request_sealed(uint16_t rc, int error_code)
{
	switch (error_code) {
	case ERR_NOT_FOUND:
		return uv_result(rc, UV_RRC_NO_MATCHING_SLOT);
	case ERR_FORMAT:
		return uv_result(rc, UV_RRC_CUSTOMER_KEY);
	case ERR_AUTH:
		return uv_result(rc, UV_RRC_REQUEST_TAG);
	default:
		return uv_internal_failure(error_code);
	}
}
