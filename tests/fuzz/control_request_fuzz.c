/* SPDX-License-Identifier: MIT */
/* Lines that a client of the control socket sends. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request request;
	struct error err;

	if (request_parse(&request, (const char *)data, size, &err))
		return 0;
	/* What was accepted can be sent back inside an answer. */
	if (!request.execute[0] || strpbrk(request.execute, "\"\\\n"))
		abort();
	if (request.id[0] == '"' && strchr(request.id + 1, '"') !=
					    request.id + strlen(request.id) - 1)
		abort();
	return 0;
}
