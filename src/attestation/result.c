/* SPDX-License-Identifier: MIT */
#include "attestation/result.h"

/* --- of verifying --------------------------------------------------------------- */

static void add_hex_line(struct text *out, const char *label, const uint8_t *bytes,
			 size_t size)
{
	text_addf(out, "%s\n0x", label);
	for (size_t i = 0; i < size; i++)
		text_addf(out, "%02x", bytes[i]);
	text_add(out, "\n");
}

void result_add_text(struct text *out, const struct attestation_response *response,
		     const struct additional_data *data)
{
	const struct exchange *exchange = &response->exchange;

	add_hex_line(out, "Config UID:", exchange->cuid.bytes, exchange->cuid.size);
	if (exchange->additional.size) {
		add_hex_line(out, "Additional-data:", exchange->additional.bytes,
			     exchange->additional.size);
		text_add(out, "Additional-data content:\n");
		for (size_t i = 0; i < ADDITIONAL_ITEMS; i++)
			if (data->items[i])
				add_hex_line(out, additional_kinds[i].label,
					     data->items[i], additional_kinds[i].size);
		if (data->unrecognized)
			add_hex_line(out, "Unrecognized", data->unrecognized,
				     data->unrecognized_size);
		text_add(out, "\n");
	}
	if (exchange->user_data.size)
		add_hex_line(out, "user-data:", exchange->user_data.bytes,
			     exchange->user_data.size);
}

void result_add_record(struct text *out, enum record_format format,
		       const struct attestation_response *response,
		       const struct additional_data *data)
{
	const struct exchange *exchange = &response->exchange;
	struct record record = record_begin(out, format);

	record_hex(&record, "cuid", exchange->cuid.bytes, exchange->cuid.size);
	if (exchange->additional.size) {
		record_hex(&record, "add", exchange->additional.bytes,
			   exchange->additional.size);
		record_group_begin(&record, "add_fields");
		for (size_t i = 0; i < ADDITIONAL_ITEMS; i++)
			if (data->items[i])
				record_hex(&record, additional_kinds[i].field,
					   data->items[i], additional_kinds[i].size);
		if (data->unrecognized)
			record_hex(&record, "unrecognized", data->unrecognized,
				   data->unrecognized_size);
		record_group_end(&record);
	}
	if (exchange->user_data.size)
		record_hex(&record, "user_data", exchange->user_data.bytes,
			   exchange->user_data.size);
	record_end(&record);
}

/* --- of checking ----------------------------------------------------------------- */

static void add_issues(struct record *record, const struct check_result *result)
{
	if (result->issue_count == 0)
		return;
	record_list_begin(record, "issues", false);
	for (size_t i = 0; i < result->issue_count; i++)
		record_item(record, text_chars(&result->issues[i]));
	record_list_end(record);
}

static void add_host(struct record *record, const char *name,
		     const struct check_host_result *host)
{
	if (!host->file && !host->enforced)
		return;
	record_group_begin(record, name);
	record_bool(record, "check_enforced", host->enforced);
	if (host->file)
		record_string(record, "hash", host->file);
	record_group_end(record);
}

static void add_store(struct record *record, const struct check_policies *policies)
{
	record_group_begin(record, "secret_store");
	record_list_begin(record, "add_secret_requests", policies->store_count == 0);
	for (size_t i = 0; i < policies->store_count; i++)
		record_item(record, policies->store_files[i]);
	record_list_end(record);
	record_bool(record, "locked", policies->store_locked);
	record_group_end(record);
}

void result_add_check(struct text *out, enum record_format format,
		      const struct check_result *result,
		      const struct check_policies *policies,
		      const struct attestation_response *response)
{
	const struct exchange_blob *user_data = &response->exchange.user_data;
	struct record record = record_begin(out, format);

	record_bool(&record, "successful", result->issue_count == 0);
	add_issues(&record, result);
	add_host(&record, "image_host_key", &result->image_host);
	add_host(&record, "attest_host_key", &result->request_host);
	if (result->user_data_fits)
		record_hex(&record, "user_data", user_data->bytes, user_data->size);
	if (result->store_fits)
		add_store(&record, policies);
	if (policies->check_firmware)
		record_bool(&record, "valid_firmware",
			    policies->firmware && policies->firmware->valid);
	record_end(&record);
}
