/* SPDX-License-Identifier: MIT */
/* In place of download.c where programs are built without network code. */
#include "hostkey/download.h"

int download(uint8_t **data, size_t *size, const char *url,
	     const struct hostkey_limits *limits, struct error *err)
{
	(void)limits;
	*data = NULL;
	*size = 0;
	return error_set(err, ERR_UNSUPPORTED,
			 "'%s' is not fetched: this program was built without network code",
			 url);
}
