/* SPDX-License-Identifier: MIT */
#include "attestation/response.h"

int attestation_response_parse(struct attestation_response *response,
			       const void *bytes, size_t size, struct error *err)
{
	const struct exchange_blob *arcb = &response->exchange.arcb;
	int rc = exchange_parse_response(&response->exchange, bytes, size, err);

	if (rc < 0)
		return rc;
	/* Newer flags only mean additional data that are not known here. */
	return arcb_parse(&response->arcb, arcb->bytes, arcb->size, UINT64_MAX, NULL, err);
}

static int compute(uint8_t measurement[MEASUREMENT_SIZE],
		   const struct attestation_response *response,
		   const struct image_tags *image, const struct arcb_area *area,
		   struct error *err)
{
	const struct exchange *exchange = &response->exchange;
	struct measurement_input input = {
		.image = image,
		.cuid = exchange->cuid.bytes,
		.user_data = exchange->user_data.bytes,
		.user_size = exchange->user_data.size,
		.additional = exchange->additional.bytes,
		.additional_size = exchange->additional.size,
		.nonce = response->arcb.flags & ATTEST_NONCE ? area->nonce : NULL,
	};

	return measurement_compute(measurement, area->measurement_key, &input, err);
}

int attestation_response_verify(const struct attestation_response *response,
				const struct image_tags *image,
				const uint8_t key[GCM_KEY_SIZE], struct error *err)
{
	const struct exchange_blob *received = &response->exchange.measurement;
	uint8_t computed[MEASUREMENT_SIZE];
	struct secret *area;
	int rc = arcb_open(&area, &response->arcb, key, err);

	if (rc < 0) {
		error_hint(err, rc, "Is this the key of another request? Each 'pvattest create' makes a new one");
		return rc;
	}
	rc = compute(computed, response, image,
		     (const struct arcb_area *)secret_view(area), err);
	secret_free(area);
	if (rc < 0)
		return rc;
	if (received->size != sizeof(computed) ||
	    !secret_equal_bytes(computed, received->bytes, sizeof(computed))) {
		secret_wipe(computed, sizeof(computed));
		error_set(err, ERR_REFUSED, "Calculated and received attestation measurement are not the same");
		return error_hint(err, ERR_REFUSED, "The guest runs another image, or the response was changed on its way");
	}
	return 0;
}

int attestation_response_additional(struct additional_data *data,
				    const struct attestation_response *response,
				    struct error *err)
{
	const struct exchange_blob *additional = &response->exchange.additional;

	return additional_parse(data, response->arcb.flags, additional->bytes,
				additional->size, err);
}
