/* SPDX-License-Identifier: MIT */
/* JSON from others, and the two documents that are made of it. */
#include <stdlib.h>
#include <string.h>

#include "attestation/firmware.h"
#include "attestation/policy_read.h"
#include "base/json_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Everything that a checked document offers; a sanitizer watches. */
static void walk(struct json_value value, const uint8_t *data, size_t size)
{
	const char *end = (const char *)data + size;
	char text[64];
	uint64_t number;
	bool yes;

	if (value.kind == JSON_ABSENT)
		return;
	if (value.size == 0 || value.chars < (const char *)data ||
	    value.size > (size_t)(end - value.chars))
		abort();
	json_get_bool(&yes, value);
	json_get_u64(&number, value);
	json_get_string(text, sizeof(text), value);
	if (value.kind == JSON_ARRAY)
		for (struct json_value e = json_first(value); e.kind != JSON_ABSENT;
		     e = json_next(value, e))
			walk(e, data, size);
	if (value.kind == JSON_OBJECT)
		walk(json_member(value, "a"), data, size);
}

static void read_documents(const uint8_t *data, size_t size)
{
	struct firmware_answer answer;
	struct policy_rules rules;
	struct error err;

	for (int version = FIRMWARE_V1; version <= FIRMWARE_V2; version++) {
		int rc = firmware_answer_parse(&answer, (enum firmware_version)version,
					       data, size, &err);

		if (rc < 0 && answer.valid)
			abort();
		for (const char *c = answer.reason; *c; c++)
			if (*c < ' ' || *c > '~')
				abort();
	}
	if (policy_read(&rules, data, size, &err) == 0 &&
	    (rules.image_hosts.count > SE_HEADER_MAX_SLOTS ||
	     rules.request_hosts.count > SE_HEADER_MAX_SLOTS))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_value value;
	struct error err;

	if (json_read(&value, data, size, &err) == 0)
		walk(value, data, size);
	read_documents(data, size);
	return 0;
}
