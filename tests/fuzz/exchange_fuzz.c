/* SPDX-License-Identifier: MIT */
/* Exchange files, as request and as response; what was read is written back. */
#include <stdlib.h>
#include <string.h>

#include "attestation/exchange.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned sum;

/* A sanitizer sees when a blob does not lie in the input. */
static void touch(const struct exchange_blob *blob)
{
	for (size_t i = 0; blob->bytes && i < blob->size; i++)
		sum += blob->bytes[i];
}

static int same(const struct exchange_blob *a, const struct exchange_blob *b)
{
	return a->size == b->size && !a->bytes == !b->bytes &&
	       (!a->bytes || memcmp(a->bytes, b->bytes, a->size) == 0);
}

/* What is written has to be read as the same content. */
static void write_back(const struct exchange *content,
		       int (*parse)(struct exchange *, const void *, size_t, struct error *))
{
	struct text out = { 0 };
	struct exchange again;
	struct error err;

	exchange_write(&out, content);
	if (!text_ok(&out) || parse(&again, out.chars, out.length, &err) < 0 ||
	    !same(&again.arcb, &content->arcb) ||
	    !same(&again.measurement, &content->measurement) ||
	    !same(&again.additional, &content->additional) ||
	    !same(&again.user_data, &content->user_data) ||
	    !same(&again.cuid, &content->cuid))
		abort();
	text_free(&out);
}

static void try(const uint8_t *data, size_t size,
		int (*parse)(struct exchange *, const void *, size_t, struct error *))
{
	struct exchange content;
	struct error err;

	if (parse(&content, data, size, &err) < 0)
		return;
	touch(&content.arcb);
	touch(&content.measurement);
	touch(&content.additional);
	touch(&content.user_data);
	touch(&content.cuid);
	write_back(&content, parse);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try(data, size, exchange_parse_request);
	try(data, size, exchange_parse_response);
	return 0;
}
