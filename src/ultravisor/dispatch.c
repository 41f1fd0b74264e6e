/* SPDX-License-Identifier: MIT */
/*
 * From a guest's UVC instruction to the handler of the call, and back to its
 * condition code. See docs/reference/ultravisor-calls.md, "Order of checks".
 */
#include "ultravisor/calls.h"
#include "ultravisor/trace.h"
#include "ultravisor/uvcb.h"

enum { CC_EXECUTED = 0, CC_SEE_RC = 1, CC_BUSY = 2, CC_PARTIAL = 3 };

/* The size that the block claims; 0, which fits no call, when it is cut off. */
static size_t claimed_size(const struct uvcb_header *header, size_t size)
{
	size_t claimed = be16_get(header->size);

	return claimed <= size ? claimed : 0;
}

/* Is this one of the calls that uv_inject_condition() is for? Then counts it. */
static bool is_injected(struct uv *uv, uint16_t code, struct uv_result *result)
{
	bool injected;

	pthread_mutex_lock(&uv->lock);
	injected = uv->injection.left > 0 &&
		   (uv->injection.code == 0 || uv->injection.code == code);
	if (injected) {
		uv->injection.left--;
		*result = uv_result(UV_RC_BUSY, uv->injection.cc == CC_PARTIAL ?
							UV_RRC_PARTIAL : 0);
	}
	pthread_mutex_unlock(&uv->lock);
	return injected;
}

static struct uv_result dispatch(struct guest_call *guest_call, uint16_t code)
{
	const struct call *call = call_by_code(code);
	struct uv_result injected;

	if (is_injected(guest_call->uv, code, &injected))
		return injected;
	if (!call || !call_installed(guest_call->uv, call))
		return uv_result(UV_RC_INVALID_COMMAND, 0);
	if (call->size != 0 && guest_call->size != call->size)
		return uv_result(UV_RC_INVALID_LENGTH, 0);
	if (!guest_call->configuration)
		return uv_result(UV_RC_INVALID_HANDLE, 0);
	if (guest_call->configuration->phase != UV_PHASE_VERIFIED &&
	    !call->any_phase)
		return uv_result(UV_RC_INVALID_STATE, 0);
	return call->handler(guest_call);
}

unsigned uv_condition_code(struct uv_result result)
{
	switch (result.rc) {
	case UV_RC_EXECUTED:
		return CC_EXECUTED;
	case UV_RC_BUSY:
		return result.rrc == UV_RRC_PARTIAL ? CC_PARTIAL : CC_BUSY;
	default:
		return CC_SEE_RC;
	}
}

unsigned uv_guest_call(struct uv *uv, uint64_t handle, uint8_t *block,
		       size_t size, const struct uv_access *access,
		       size_t *stored)
{
	struct uvcb_header *header = (struct uvcb_header *)block;
	uint16_t code = be16_get(header->code);
	struct operation op = operation_begin(uv, handle, code);
	struct guest_call call = {
		.uv = uv,
		.configuration = op.configuration,
		.block = block,
		.size = claimed_size(header, size),
		.access = access,
		.stored = sizeof(*header),
		.operation = &op,
	};
	struct uv_result result;

	op.by_guest = true;
	result = operation_end(&op, dispatch(&call, code));
	*stored = 0;
	if (result.rc != UV_RC_BUSY) {
		header->rc = be16(result.rc);
		header->rrc = be16(result.rrc);
		*stored = call.stored;
	}
	return uv_condition_code(result);
}
