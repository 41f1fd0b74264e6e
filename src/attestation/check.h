/* SPDX-License-Identifier: MIT */
/*
 * Does a response comply with policies? Verify its measurement first: here its
 * words are taken for granted. See docs/reference/attestation.md, "Policies".
 */
#ifndef UV_ATTESTATION_CHECK_H
#define UV_ATTESTATION_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attestation/firmware.h"
#include "attestation/policy_read.h"
#include "attestation/response.h"
#include "base/text.h"
#include "crypto/ec.h"

/* A host key that is allowed, and the file that it came from. */
struct check_host {
	const char *file;
	uint8_t phkh[PHKH_SIZE];
};

/* The policies. What stays zero is not checked. */
struct check_policies {
	/* Each hash in the response has to be that of exactly one of these. */
	const struct check_host *hosts;
	size_t host_count;
	/* The response has to have the hash (meaningful with hosts only). */
	bool need_image_hash, need_request_hash;

	bool check_user_data;
	const uint8_t *user_data; /* has to be this */
	size_t user_size;

	bool check_store;
	bool store_locked;
	const uint8_t *store_tags; /* of the add-secret requests, GCM_TAG_SIZE bytes each */
	const char *const *store_files; /* their names */
	size_t store_count;

	/* What was made along with the image; NULL = nothing. */
	const struct policy_rules *rules;

	bool check_firmware;
	const struct firmware_answer *firmware; /* to the state in the response; NULL = not asked */
};

/* Of one host key policy. */
struct check_host_result {
	bool enforced;
	const char *file; /* of the document that fits; NULL = none */
};

#define CHECK_MAX_ISSUES 9 /* one for each policy and rule */

/* @issues are sentences without full stop. */
struct check_result {
	struct text issues[CHECK_MAX_ISSUES];
	size_t issue_count; /* 0 = all policies are fulfilled */
	struct check_host_result image_host, request_host;
	bool user_data_fits, store_fits;
};

/*
 * Judges. ERR_FORMAT when the additional data cannot be read, ERR_NOMEM,
 * ERR_CRYPTO; 0 otherwise, whatever the verdict is. The caller frees @result with
 * check_result_free() in any case.
 */
int check_response(struct check_result *result,
		   const struct attestation_response *response,
		   const struct check_policies *policies, struct error *err);
void check_result_free(struct check_result *result);

/* Is any policy checked at all? */
bool check_has_policies(const struct check_policies *policies);

#endif
