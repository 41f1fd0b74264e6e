/* SPDX-License-Identifier: MIT */
#include "ultravisor/guest_request.h"

#include <stdlib.h>
#include <string.h>

/*
 * The whole request of @size bytes; those of its fixed part have been read and
 * checked before and are not read again. ERR_IO when the storage cannot be read.
 */
static int copy(uint8_t **bytes, size_t size, const void *fixed, size_t fixed_size,
		const struct uv_access *access, uint64_t address)
{
	*bytes = malloc(size);
	if (!*bytes)
		return ERR_NOMEM;
	memcpy(*bytes, fixed, fixed_size);
	if (!access->read(access->vcpu, address + fixed_size, *bytes + fixed_size,
			  size - fixed_size))
		return ERR_IO;
	return 0;
}

static struct uv_result defect_result(const struct guest_request_kind *kind,
				      enum request_defect defect)
{
	if (defect == REQUEST_SOUND)
		return uv_executed();
	return uv_result(kind->defect[defect],
			 defect == REQUEST_BAD_MAGIC ? UV_RRC_REQUEST_MAGIC : 0);
}

struct uv_result guest_request_take(void *parsed, uint8_t **bytes,
				    const struct guest_request_kind *kind,
				    struct guest_call *call, uint64_t address)
{
	const struct uv_access *access = call->access;
	uint8_t fixed[GUEST_REQUEST_FIXED_MAX];
	struct uv_result result;
	size_t size;
	int rc;

	if (!access->read(access->vcpu, address, fixed, kind->fixed_size))
		return uv_result(kind->no_request, 0);
	result = defect_result(kind, kind->check_fixed(fixed, call->uv->generation));
	if (!uv_ok(result))
		return result;
	size = be32_get(((const struct request_head *)fixed)->size);
	operation_about(call->operation, address, size);
	rc = copy(bytes, size, fixed, kind->fixed_size, access, address);
	if (rc == ERR_IO)
		return uv_result(kind->no_request, 0);
	if (rc < 0)
		return uv_internal_failure(rc);
	return defect_result(kind, kind->parse(parsed, *bytes, size));
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
