/* SPDX-License-Identifier: MIT */
#include "attestation/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void add_issue(struct check_result *result, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add_issue(struct check_result *result, const char *format, ...)
{
	char sentence[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(sentence, sizeof(sentence), format, ap);
	va_end(ap);
	text_add(&result->issues[result->issue_count++], sentence);
}

bool check_has_policies(const struct check_policies *policies)
{
	return policies->host_count || policies->check_user_data ||
	       policies->check_store || policies->check_firmware || policies->rules;
}

static void check_host(struct check_result *result, struct check_host_result *host,
		       const char *what, const uint8_t *phkh, bool enforced,
		       const struct check_policies *policies)
{
	size_t found = 0;

	if (policies->host_count == 0)
		return;
	host->enforced = enforced;
	if (!phkh) {
		if (enforced)
			add_issue(result, "The response holds no %s host key hash, but one is demanded", what);
		return;
	}
	for (size_t i = 0; i < policies->host_count; i++) {
		if (memcmp(policies->hosts[i].phkh, phkh, PHKH_SIZE) != 0)
			continue;
		host->file = policies->hosts[i].file;
		found++;
	}
	if (found == 1)
		return;
	host->file = NULL;
	add_issue(result, found ? "More than one of the host key documents has the %s host key hash of the response" :
				  "None of the host key documents has the %s host key hash of the response", what);
}

static void check_user_data(struct check_result *result,
			    const struct exchange_blob *user_data,
			    const struct check_policies *policies)
{
	if (!policies->check_user_data)
		return;
	/* No user data are not the same as an empty file. */
	result->user_data_fits = user_data->bytes &&
				 user_data->size == policies->user_size &&
				 memcmp(user_data->bytes, policies->user_data,
					user_data->size) == 0;
	if (!user_data->bytes)
		add_issue(result, "The response holds no user data, but some are expected");
	else if (!result->user_data_fits)
		add_issue(result, "The user data of the response are not those that are expected");
}

static int check_store(struct check_result *result, const uint8_t *hash,
		       const struct check_policies *policies, struct error *err)
{
	uint8_t expected[ATTEST_STORE_HASH_SIZE];
	int rc;

	if (!policies->check_store)
		return 0;
	if (!hash) {
		add_issue(result, "The response holds no secret store hash, but one is expected");
		return 0;
	}
	rc = store_hash_compute(expected, policies->store_tags, policies->store_count,
				policies->store_locked, err);
	if (rc < 0)
		return rc;
	result->store_fits = memcmp(hash, expected, sizeof(expected)) == 0;
	if (!result->store_fits)
		add_issue(result, "The secret store hash of the response is not that of a store that is %s and took %s",
			  policies->store_locked ? "locked" : "not locked",
			  policies->store_count ? "exactly the given requests in this order" :
						  "no requests");
	return 0;
}

static void check_firmware(struct check_result *result, const uint8_t *state,
			   const struct check_policies *policies)
{
	const struct firmware_answer *answer = policies->firmware;

	if (!policies->check_firmware)
		return;
	if (!state || !answer)
		add_issue(result, "The response holds no firmware state, but one is expected");
	else if (!answer->valid)
		add_issue(result, "The firmware is not in a valid state%s%s%s%s",
			  answer->reason[0] ? ": " : "", answer->reason,
			  answer->reference[0] ? "; reference " : "", answer->reference);
}

static void check_rules(struct check_result *result, uint64_t flags,
			const struct additional_data *data,
			const struct policy_rules *rules)
{
	const uint8_t *store_hash = data->items[ADDITIONAL_STORE_HASH];

	if (!rules)
		return;
	if (rules->flags & ~flags)
		add_issue(result, "The request did not ask for all that the policy demands");
	if (!policy_hashes_allow(&rules->image_hosts, data->items[ADDITIONAL_IMAGE_PHKH]))
		add_issue(result, "The policy does not allow the image host key hash of the response");
	if (!policy_hashes_allow(&rules->request_hosts, data->items[ADDITIONAL_REQUEST_PHKH]))
		add_issue(result, "The policy does not allow the attestation host key hash of the response");
	if (rules->has_store_hash &&
	    (!store_hash || memcmp(store_hash, rules->store_hash, ATTEST_STORE_HASH_SIZE) != 0))
		add_issue(result, "The secret store hash of the response is not that of the policy");
}

int check_response(struct check_result *result,
		   const struct attestation_response *response,
		   const struct check_policies *policies, struct error *err)
{
	struct additional_data data;
	int rc;

	*result = (struct check_result){ 0 };
	rc = attestation_response_additional(&data, response, err);
	if (rc < 0)
		return rc;
	check_host(result, &result->image_host, "image",
		   data.items[ADDITIONAL_IMAGE_PHKH], policies->need_image_hash, policies);
	check_host(result, &result->request_host, "attestation",
		   data.items[ADDITIONAL_REQUEST_PHKH], policies->need_request_hash,
		   policies);
	check_user_data(result, &response->exchange.user_data, policies);
	rc = check_store(result, data.items[ADDITIONAL_STORE_HASH], policies, err);
	if (rc < 0)
		return rc;
	check_rules(result, response->arcb.flags, &data, policies->rules);
	check_firmware(result, data.items[ADDITIONAL_FIRMWARE_STATE], policies);
	for (size_t i = 0; i < result->issue_count; i++)
		if (!text_ok(&result->issues[i]))
			return error_set(err, ERR_NOMEM, "Out of memory");
	return 0;
}

void check_result_free(struct check_result *result)
{
	for (size_t i = 0; i < CHECK_MAX_ISSUES; i++)
		text_free(&result->issues[i]);
}
