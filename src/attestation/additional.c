/* SPDX-License-Identifier: MIT */
#include "attestation/additional.h"

#include "base/cursor.h"

const struct additional_kind additional_kinds[ADDITIONAL_ITEMS] = {
	[ADDITIONAL_IMAGE_PHKH] = {
		ATTEST_IMAGE_PHKH, 32, "phkh-img", "Image PHKH", "image_phkh" },
	[ADDITIONAL_REQUEST_PHKH] = {
		ATTEST_REQUEST_PHKH, 32, "phkh-att", "Attestation PHKH",
		"attestation_phkh" },
	[ADDITIONAL_STORE_HASH] = {
		ATTEST_STORE_HASH, ATTEST_STORE_HASH_SIZE, "secret-store-hash",
		"Secret store hash", "secret_store_hash" },
	[ADDITIONAL_FIRMWARE_STATE] = {
		ATTEST_FIRMWARE_STATE, ATTEST_FIRMWARE_STATE_SIZE, "firmware-state",
		"Firmware state", "firmware_state" },
};

size_t additional_size(uint64_t flags)
{
	size_t size = 0;

	for (size_t i = 0; i < ADDITIONAL_ITEMS; i++)
		if (flags & additional_kinds[i].flag)
			size += additional_kinds[i].size;
	return size;
}

int additional_parse(struct additional_data *data, uint64_t flags,
		     const void *bytes, size_t size, struct error *err)
{
	struct cursor c = cursor_over(bytes, size);

	*data = (struct additional_data){ 0 };
	for (size_t i = 0; i < ADDITIONAL_ITEMS; i++) {
		const struct additional_kind *kind = &additional_kinds[i];

		if (!(flags & kind->flag))
			continue;
		data->items[i] = cursor_take(&c, kind->size);
		if (!data->items[i])
			return error_set(err, ERR_FORMAT,
					 "The additional data (%zu bytes) end before the requested item '%s'",
					 size, kind->label);
	}
	data->unrecognized_size = cursor_left(&c);
	if (data->unrecognized_size)
		data->unrecognized = cursor_take(&c, data->unrecognized_size);
	return 0;
}
