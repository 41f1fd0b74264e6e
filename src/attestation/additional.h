/* SPDX-License-Identifier: MIT */
/*
 * Attestation flags, and the additional data that they ask for: the requested
 * items in the order of their bits, without heads or padding. See
 * docs/reference/attestation.md, "Flags and additional data".
 */
#ifndef UV_ATTESTATION_ADDITIONAL_H
#define UV_ATTESTATION_ADDITIONAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/be.h"
#include "base/error.h"

#define ATTEST_NONCE MSB0(1)
#define ATTEST_IMAGE_PHKH MSB0(2)
#define ATTEST_REQUEST_PHKH MSB0(3)
#define ATTEST_STORE_HASH MSB0(4)
#define ATTEST_FIRMWARE_STATE MSB0(5)

#define ATTEST_ADDITIONAL (ATTEST_IMAGE_PHKH | ATTEST_REQUEST_PHKH | \
			   ATTEST_STORE_HASH | ATTEST_FIRMWARE_STATE)
#define ATTEST_KNOWN (ATTEST_NONCE | ATTEST_ADDITIONAL)

#define ATTEST_STORE_HASH_SIZE 64
#define ATTEST_FIRMWARE_STATE_SIZE 320
#define ATTEST_ADDITIONAL_MAX 0x8000 /* what Linux' uvdevice takes */

/* The items, in the order in which they lie in the additional data. */
enum additional_item {
	ADDITIONAL_IMAGE_PHKH,   /* of the host key that opened the guest's image */
	ADDITIONAL_REQUEST_PHKH, /* of the host key that opened the ARCB */
	ADDITIONAL_STORE_HASH,
	ADDITIONAL_FIRMWARE_STATE,
	ADDITIONAL_ITEMS,
};

struct additional_kind {
	uint64_t flag;
	size_t size;
	const char *option; /* of `pvattest create --add-data` */
	const char *label;  /* for people */
	const char *field;  /* of the YAML and JSON results */
};

/* By enum additional_item. */
extern const struct additional_kind additional_kinds[ADDITIONAL_ITEMS];

/* Bytes that an ultravisor returns for @flags. */
size_t additional_size(uint64_t flags);

/* Additional data taken apart; pointers into it, NULL = not there. */
struct additional_data {
	const uint8_t *items[ADDITIONAL_ITEMS];
	const uint8_t *unrecognized; /* what the flags do not explain */
	size_t unrecognized_size;
};

/* ERR_FORMAT, naming the missing item, when the bytes do not last. */
int additional_parse(struct additional_data *data, uint64_t flags,
		     const void *bytes, size_t size, struct error *err);

#endif
