/* SPDX-License-Identifier: MIT */
/*
 * An attestation response, as the guest sent it back, and whether its
 * measurement is that of a given image. See docs/reference/attestation.md,
 * "Verifying a response".
 */
#ifndef UV_ATTESTATION_RESPONSE_H
#define UV_ATTESTATION_RESPONSE_H

#include <stddef.h>
#include <stdint.h>

#include "attestation/additional.h"
#include "attestation/arcb.h"
#include "attestation/exchange.h"
#include "attestation/measurement.h"

/* Pointers into the bytes it was parsed from. */
struct attestation_response {
	struct exchange exchange; /* ARCB, measurement and CUID are there */
	struct arcb arcb;
};

/* Checks the form alone. ERR_FORMAT, ERR_UNSUPPORTED. */
int attestation_response_parse(struct attestation_response *response,
			       const void *bytes, size_t size, struct error *err);

/*
 * Computes the measurement again: with the request protection key (GCM_KEY_SIZE
 * bytes) and the image that should be running. 0: the response comes from an
 * ultravisor that runs this image; all that it says may be believed. ERR_AUTH:
 * @key is not the one that the request was made with. ERR_REFUSED: the
 * measurement is not this one.
 */
int attestation_response_verify(const struct attestation_response *response,
				const struct image_tags *image,
				const uint8_t key[GCM_KEY_SIZE], struct error *err);

/*
 * Takes the additional data apart, by the flags of the request. All items are
 * absent when the response has no additional data and none were asked for.
 * ERR_FORMAT when some that were asked for are missing.
 */
int attestation_response_additional(struct additional_data *data,
				    const struct attestation_response *response,
				    struct error *err);

#endif
