/* SPDX-License-Identifier: MIT */
#include "ultravisor_fuzz.h"

#include <string.h>

#include "ultravisor/explain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *code = strndup((const char *)data, size);
	struct text out = { 0 };
	struct error err;
	int rc;

	fuzz_check(code != NULL);
	rc = explain_code(code, &out, &err);
	fuzz_check(rc == 0 || rc == ERR_INVALID || rc == ERR_NOT_FOUND);
	fuzz_check(rc < 0 || strstr(text_chars(&out), "reason: "));
	text_free(&out);
	free(code);
	return 0;
}
