/* SPDX-License-Identifier: MIT */
/*
 * SE headers: the input is a header whose encrypted area stands there in plain;
 * it is encrypted and tagged here, so that the reader behind the tag is reached.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "image/report.h"
#include "image/se_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t key[GCM_KEY_SIZE] = { 1 };

static void print_all(const struct se_header *header,
		      const struct se_header_area *area)
{
	const struct report_origin origin = { "version", "host", 0 };
	struct se_header_report report = { header, area != NULL, area };

	for (int detailed = 0; detailed < 2; detailed++) {
		struct text out = { 0 };

		se_header_report_text(&out, &report, detailed);
		se_header_report_json(&out, &report, &origin, detailed);
		if (!text_ok(&out) || out.length < 100)
			abort();
		text_free(&out);
	}
}

/* Encrypts the area in place and sets the tag. */
static void seal(uint8_t *bytes, const struct se_header *header)
{
	uint8_t *area = bytes + (header->area - bytes);

	if (gcm_seal(key, header->fixed->iv, bytes, (size_t)(area - bytes), area, area,
		     header->area_size, bytes + (header->tag - bytes), NULL) < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct se_header header;
	struct secret *area = NULL;
	/* A copy of the exact size, so that reading beyond it is noticed. */
	uint8_t *bytes = malloc(size ? size : 1);

	if (!bytes)
		return 0;
	memcpy(bytes, data, size);
	if (se_header_parse(&header, bytes, size, NULL, NULL) == 0) {
		print_all(&header, NULL);
		seal(bytes, &header);
		if (se_header_open(&area, &header, key, NULL) == 0)
			print_all(&header, (const struct se_header_area *)
						   secret_view(area));
		secret_free(area);
	}
	free(bytes);
	return 0;
}
