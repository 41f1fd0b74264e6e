/* SPDX-License-Identifier: MIT */
/*
 * What a verifier has to expect of guests that run a given image: made where the
 * image is made, with no machine at hand. See docs/reference/attestation.md,
 * "Policy".
 */
#ifndef UV_ATTESTATION_POLICY_H
#define UV_ATTESTATION_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attestation/additional.h"
#include "attestation/check.h"
#include "attestation/record.h"
#include "image/se_header.h"

struct policy {
	const struct se_header *header; /* of the image */
	const struct check_host *hosts; /* machines that it may run on */
	size_t host_count;
	uint64_t flags;                 /* additional data to ask for */
	/* With ATTEST_STORE_HASH: what the store's hash has to be; NULL = not known yet. */
	const uint8_t *store_hash;
};

/*
 * Has the image a key slot for this host? If not, the machine cannot start it and
 * no response from it will ever comply.
 */
bool policy_host_fits(const struct policy *policy, const struct check_host *host);

/* Writes the policy. */
void policy_add_record(struct text *out, enum record_format format,
		       const struct policy *policy);

#endif
