/* SPDX-License-Identifier: MIT */
/*
 * What the calls with a sealed request (attestation, add-secret) have in
 * common: getting it out of the guest's storage, and whose key opens it. See
 * docs/reference/ultravisor-calls.md, "Sealed requests".
 */
#ifndef UV_ULTRAVISOR_GUEST_REQUEST_H
#define UV_ULTRAVISOR_GUEST_REQUEST_H

#include "ultravisor/configuration.h"

/*
 * A private copy, at *@bytes, of the request of @size bytes at guest @address.
 * Its first @fixed_size bytes have been read and checked before: they are taken
 * from @fixed, since the guest may have changed them meanwhile. Caller frees.
 * ERR_IO when the storage cannot be read, ERR_NOMEM.
 */
int guest_request_fetch(uint8_t **bytes, size_t size, const void *fixed,
			size_t fixed_size, const struct uv_access *access,
			uint64_t address);

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
