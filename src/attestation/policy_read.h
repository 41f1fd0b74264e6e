/* SPDX-License-Identifier: MIT */
/*
 * Reads a policy, as `pvattest policy --format json` writes it, back into what a
 * verifier needs. See docs/reference/attestation.md, "Policy".
 */
#ifndef UV_ATTESTATION_POLICY_READ_H
#define UV_ATTESTATION_POLICY_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attestation/additional.h"
#include "base/error.h"
#include "crypto/ec.h"
#include "request/image_tags.h"

#define POLICY_MAX_SIZE (256 * 1024)

/* The host key hashes that one item may have. */
struct policy_hashes {
	bool demanded; /* the response has to hold the item */
	uint8_t hashes[SE_HEADER_MAX_SLOTS][PHKH_SIZE];
	size_t count;
};

struct policy_rules {
	struct image_tags image;
	uint64_t flags; /* that the request has to have */
	struct policy_hashes image_hosts, request_hosts;
	bool has_store_hash;
	uint8_t store_hash[ATTEST_STORE_HASH_SIZE];
};

/* ERR_FORMAT, naming the field, for anything else; ERR_UNSUPPORTED for a later version. */
int policy_read(struct policy_rules *rules, const void *json, size_t size,
		struct error *err);

/* The policy in a file of at most POLICY_MAX_SIZE bytes. */
int policy_read_file(struct policy_rules *rules, const char *path, struct error *err);

/* Is @phkh, which may be NULL for "not there", what these allow? */
bool policy_hashes_allow(const struct policy_hashes *hashes, const uint8_t *phkh);

#endif
