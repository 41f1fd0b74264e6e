/* SPDX-License-Identifier: MIT */
#include "ultravisor/protected_key.h"

#include <string.h>

#include "base/be.h"

/*
 * The type is the tweak, so that the same bytes as keys of two kinds do not look
 * alike, and no blob can be passed off as one of another kind.
 */
struct type_tweak {
	be64_t zero;
	be64_t type;
};
WIRE_SIZE(struct type_tweak, XTS_TWEAK_SIZE);

int protected_key_wrap(uint8_t *blob, const struct wrapping_key *wrapping,
		       uint16_t type, const uint8_t *value, size_t size,
		       struct error *err)
{
	struct type_tweak tweak = { .type = be64(type) };
	struct xts *xts;
	int rc = xts_new(&xts, wrapping->key, XTS_ENCRYPT, err);

	if (rc < 0)
		return rc;
	rc = xts_unit(xts, (const uint8_t *)&tweak, value, blob, size, err);
	xts_free(xts);
	memcpy(blob + size, wrapping->pattern, sizeof(wrapping->pattern));
	return rc;
}
