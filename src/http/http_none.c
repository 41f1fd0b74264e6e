/* SPDX-License-Identifier: MIT */
/* In place of http.c in programs without network code: those for guests. */
#include "http/http.h"

int http_ask(uint8_t **data, size_t *size, const struct http_request *request,
	     struct error *err)
{
	(void)request;
	*data = NULL;
	*size = 0;
	error_set(err, ERR_UNSUPPORTED, "This program was built without network code");
	return error_hint(err, ERR_UNSUPPORTED, "Do it outside the guest");
}
