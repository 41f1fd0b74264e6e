/* SPDX-License-Identifier: MIT */
/*
 * Attestation responses, all the way: request and measurement are made to fit, then
 * verified, judged by policies and written down.
 */
#include "attestation/result.h"
#include "attestation_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct attestation_keys keys;
static const struct image_tags image;

/* The measurement as the ultravisor would have computed it; false = none can be. */
static bool measure(uint8_t measurement[MEASUREMENT_SIZE],
		    const struct attestation_response *response)
{
	const struct exchange *exchange = &response->exchange;
	struct measurement_input input = {
		.image = &image, .cuid = exchange->cuid.bytes,
		.user_data = exchange->user_data.bytes,
		.user_size = exchange->user_data.size,
		.additional = exchange->additional.bytes,
		.additional_size = exchange->additional.size,
	};
	const struct arcb_area *area;
	struct secret *opened;

	if (arcb_open(&opened, &response->arcb, secret_view(keys.request.protection), NULL) < 0)
		abort();
	area = (const struct arcb_area *)secret_view(opened);
	if (response->arcb.flags & ATTEST_NONCE)
		input.nonce = area->nonce;
	if (measurement_compute(measurement, area->measurement_key, &input, NULL) < 0)
		abort(); /* the reader bounds all sizes */
	secret_free(opened);
	return exchange->measurement.size == MEASUREMENT_SIZE;
}

static void judge(const struct attestation_response *response)
{
	const struct exchange_blob *user_data = &response->exchange.user_data;
	struct check_host host = { .file = "host" };
	struct policy_rules rules = { .flags = ATTEST_NONCE, .has_store_hash = true };
	const struct check_policies policies = {
		.hosts = &host, .host_count = 1, .need_image_hash = true,
		.check_user_data = true, .user_data = user_data->bytes,
		.user_size = user_data->size,
		.check_store = true, .check_firmware = true, .rules = &rules,
	};
	struct check_result result;
	struct text out = { 0 };
	struct error err;

	if (check_response(&result, response, &policies, &err) == 0) {
		if (result.issue_count > CHECK_MAX_ISSUES)
			abort();
		result_add_check(&out, RECORD_YAML, &result, &policies, response);
		result_add_check(&out, RECORD_JSON, &result, &policies, response);
	}
	check_result_free(&result);
	text_free(&out);
}

static void write_down(const struct attestation_response *response)
{
	struct additional_data additional;
	struct text out = { 0 };
	struct error err;

	if (attestation_response_additional(&additional, response, &err) < 0)
		return;
	result_add_text(&out, response, &additional);
	result_add_record(&out, RECORD_YAML, response, &additional);
	result_add_record(&out, RECORD_JSON, response, &additional);
	text_free(&out);
}

static void use(uint8_t *bytes, size_t size)
{
	struct attestation_response response;
	const uint8_t *key = secret_view(keys.request.protection);
	uint8_t measurement[MEASUREMENT_SIZE];
	struct error err;

	if (attestation_response_parse(&response, bytes, size, &err) < 0)
		return;
	if (attestation_response_verify(&response, &image, key, &err) == 0)
		abort();
	arcb_repair(bytes + (response.exchange.arcb.bytes - bytes), &keys);
	if (attestation_response_verify(&response, &image, key, &err) != ERR_REFUSED)
		abort();
	if (measure(measurement, &response)) {
		memcpy(bytes + (response.exchange.measurement.bytes - bytes), measurement,
		       sizeof(measurement));
		if (attestation_response_verify(&response, &image, key, &err) < 0)
			abort();
	}
	judge(&response);
	write_down(&response);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + 1);

	if (!keys.host)
		attestation_keys_make(&keys);
	if (!copy)
		abort();
	memcpy(copy, data, size);
	use(copy, size);
	free(copy);
	return 0;
}
