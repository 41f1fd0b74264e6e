/* SPDX-License-Identifier: MIT */
#include "secret/extension_secret.h"

static const char purpose[] = "IBM Z Ultravisor Add-Secret";

int extension_secret_derive(struct secret **out, const uint8_t cck[CCK_SIZE],
			    const uint8_t image_tag[GCM_TAG_SIZE],
			    struct error *err)
{
	struct secret *derived = secret_new(EXTENSION_SECRET_SIZE);
	int rc;

	*out = NULL;
	if (!derived)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = hkdf_sha512(secret_bytes(derived), EXTENSION_SECRET_SIZE, cck, CCK_SIZE,
			 image_tag, GCM_TAG_SIZE, purpose, sizeof(purpose) - 1, err);
	if (rc < 0) {
		secret_free(derived);
		return error_wrap(err, rc, "Cannot derive the extension secret from the CCK");
	}
	*out = derived;
	return 0;
}
