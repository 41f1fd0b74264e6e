/* SPDX-License-Identifier: MIT */
#include "attestation/policy.h"

#include "attestation/measurement.h"
#include "image/control_flags.h"

bool policy_host_fits(const struct policy *policy, const struct check_host *host)
{
	return key_slot_find(policy->header->slots, policy->header->slot_count,
			     host->phkh) != NULL;
}

static void add_flag_words(struct record *record, uint64_t pcf)
{
	const struct control_flag *flag;
	be64_t word = be64(pcf);

	record_hex(record, "plaintext_control_flags", &word, sizeof(word));
	record_list_begin(record, "allows", !(pcf & PCF_KNOWN));
	for (flag = plaintext_control_flags; flag->mask; flag++)
		if (pcf & flag->mask)
			record_item(record, flag->label);
	record_list_end(record);
}

static void add_image(struct record *record, const struct se_header *header)
{
	const struct page_digest_values *digests = &header->fixed->digests;

	record_group_begin(record, "image");
	record_hex(record, "tag", header->tag, GCM_TAG_SIZE);
	record_hex(record, "pld", digests->pld, sizeof(digests->pld));
	record_hex(record, "ald", digests->ald, sizeof(digests->ald));
	record_hex(record, "tld", digests->tld, sizeof(digests->tld));
	add_flag_words(record, be64_get(header->fixed->pcf));
	record_group_end(record);
}

static void add_hosts(struct record *record, const struct policy *policy)
{
	record_list_begin(record, "host_keys", policy->host_count == 0);
	for (size_t i = 0; i < policy->host_count; i++) {
		const struct check_host *host = &policy->hosts[i];

		record_item_begin(record);
		record_string(record, "file", host->file);
		record_hex(record, "phkh", host->phkh, sizeof(host->phkh));
		record_bool(record, "can_start_image", policy_host_fits(policy, host));
		record_item_end(record);
	}
	record_list_end(record);
}

static void add_request(struct record *record, uint64_t flags)
{
	be64_t word = be64(flags);

	record_group_begin(record, "request");
	record_string(record, "measurement_algorithm", "HMAC-SHA-512");
	record_hex(record, "flags", &word, sizeof(word));
	record_list_begin(record, "additional_data", !(flags & ATTEST_ADDITIONAL));
	for (size_t i = 0; i < ADDITIONAL_ITEMS; i++)
		if (flags & additional_kinds[i].flag)
			record_item(record, additional_kinds[i].option);
	record_list_end(record);
	/* The nonce is in the request, so a fresh one takes a fresh request. */
	record_bool(record, "nonce_required", flags & ATTEST_NONCE);
	record_u64(record, "nonce_size", ARCB_NONCE_SIZE);
	record_bool(record, "request_may_be_used_again", false);
	record_group_end(record);
}

static bool any_host_fits(const struct policy *policy)
{
	for (size_t i = 0; i < policy->host_count; i++)
		if (policy_host_fits(policy, &policy->hosts[i]))
			return true;
	return policy->host_count == 0;
}

/*
 * The hashes that a host key may have, of the image as of the request: those of
 * the named hosts that can start the image, or, with none named, of all that can.
 */
static void add_hashes(struct record *record, const char *name,
		       const struct policy *policy)
{
	record_list_begin(record, name, !any_host_fits(policy));
	for (size_t i = 0; i < policy->host_count; i++)
		if (policy_host_fits(policy, &policy->hosts[i]))
			record_item_hex(record, policy->hosts[i].phkh, PHKH_SIZE);
	for (size_t i = 0; policy->host_count == 0 && i < policy->header->slot_count; i++)
		record_item_hex(record, policy->header->slots[i].phkh, PHKH_SIZE);
	record_list_end(record);
}

static void add_response(struct record *record, const struct policy *policy)
{
	record_group_begin(record, "response");
	record_u64(record, "measurement_size", MEASUREMENT_SIZE);
	record_u64(record, "additional_size", additional_size(policy->flags));
	if (policy->flags & ATTEST_IMAGE_PHKH)
		add_hashes(record, "image_phkh_one_of", policy);
	if (policy->flags & ATTEST_REQUEST_PHKH)
		add_hashes(record, "attestation_phkh_one_of", policy);
	if (policy->store_hash)
		record_hex(record, "secret_store_hash", policy->store_hash,
			   ATTEST_STORE_HASH_SIZE);
	record_group_end(record);
}

void policy_add_record(struct text *out, enum record_format format,
		       const struct policy *policy)
{
	struct record record = record_begin(out, format);

	record_u64(&record, "policy_version", 1);
	add_image(&record, policy->header);
	add_hosts(&record, policy);
	add_request(&record, policy->flags);
	add_response(&record, policy);
	record_end(&record);
}
