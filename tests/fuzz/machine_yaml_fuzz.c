/* SPDX-License-Identifier: MIT */
/* machine.yaml: what is accepted has to read back the same when written again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "machine/identity.h"

static bool same(const struct machine_identity *a, const struct machine_identity *b)
{
	return a->type == b->type && a->generation == b->generation &&
	       strcmp(a->serial, b->serial) == 0 && strcmp(a->created, b->created) == 0 &&
	       strcmp(a->ca, b->ca) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct machine_identity identity, again;
	struct text text = { 0 };
	struct error err;

	if (machine_identity_parse(&identity, data, size, "input", &err) < 0)
		return 0;
	machine_identity_format(&text, &identity);
	if (!text_ok(&text) ||
	    machine_identity_parse(&again, text_chars(&text), text.length, "again", &err) < 0 ||
	    !same(&identity, &again))
		abort();
	machine_identity_clear(&identity);
	machine_identity_clear(&again);
	text_free(&text);
	return 0;
}
