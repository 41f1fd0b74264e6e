/* SPDX-License-Identifier: MIT */
#include "pvimg/header_key.h"

int header_key_open(struct secret **area, const struct se_image *image,
		    const char *file, struct error *err)
{
	struct secret *key;
	int rc = secret_read_file(&key, file, GCM_KEY_SIZE, err);

	*area = NULL;
	if (rc < 0)
		return error_wrap(err, rc,
				  "Invalid Secure Execution header protection key");
	rc = se_header_open(area, &image->header, secret_view(key), err);
	secret_free(key);
	return rc;
}
