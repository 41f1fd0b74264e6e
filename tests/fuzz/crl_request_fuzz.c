/* SPDX-License-Identifier: MIT */
/* Requests to `machine serve`: only its own documents may come out. */
#include <stdint.h>
#include <stdlib.h>

#include "machine/crl_server.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct crl_document documents[] = {
		{ .path = (char *)"/12345678/rootCA.crl", .type = "application/pkix-crl" },
		{ .path = (char *)"/rootCA.crt", .type = "application/pkix-cert" },
	};
	const struct crl_document *document;
	bool head_only;
	unsigned status = crl_server_route(documents, 2, (const char *)data, size,
					   &document, &head_only);

	if (status != 200 && status != 400 && status != 404 && status != 405)
		abort();
	if ((status == 200) != (document == &documents[0] || document == &documents[1]))
		abort();
	return 0;
}
