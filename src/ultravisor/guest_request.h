/* SPDX-License-Identifier: MIT */
/*
 * What the calls with a sealed request (attestation, add-secret) have in
 * common: getting it out of the guest's storage, and whose key opens it. See
 * docs/reference/ultravisor-calls.md, "Sealed requests".
 */
#ifndef UV_ULTRAVISOR_GUEST_REQUEST_H
#define UV_ULTRAVISOR_GUEST_REQUEST_H

#include "request/sealed_request.h"
#include "ultravisor/calls.h"

#define GUEST_REQUEST_FIXED_MAX 0x4b8 /* the add-secret request's */

/* One kind of request: how to check it, and what to answer. */
struct guest_request_kind {
	size_t fixed_size; /* of what is checked first; up to GUEST_REQUEST_FIXED_MAX */
	uint16_t no_request;              /* rc where it cannot be read */
	uint16_t defect[REQUEST_DEFECTS]; /* rc by what is wrong with its form */
	/* The first check, of that part alone, by what the machine supports. */
	enum request_defect (*check_fixed)(const void *fixed,
					   const struct generation *generation);
	/* Takes the whole apart. */
	enum request_defect (*parse)(void *parsed, const void *bytes, size_t size);
};

/*
 * Takes the request at guest @address apart into @parsed, which points into a
 * private copy at *@bytes (caller frees, also after a failure): what was checked
 * is what is used, whatever the guest does to its storage meanwhile.
 */
struct uv_result guest_request_take(void *parsed, uint8_t **bytes,
				    const struct guest_request_kind *kind,
				    struct guest_call *call, uint64_t address);

/*
 * The key of the machine that one of the slots is for: the host key, or else the
 * backup host key. NULL when there is none.
 */
const struct host_key *guest_request_host_key(const struct uv *uv,
					      const struct key_slot *slots,
					      size_t count);

/* The result with @rc for a request that could not be opened, by its error code. */
struct uv_result guest_request_sealed(uint16_t rc, int error_code);

#endif
