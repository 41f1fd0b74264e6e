/* SPDX-License-Identifier: MIT */
/*
 * Key bundles: the input as a whole file, with its digest repaired, and as the
 * entries that a file would hold when decrypted. scrypt is left out: it would be
 * all that is ever tried.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "machine/bundle_format.h"

static volatile uint8_t sink;

/* Touches the first and the last byte, so that a wrong pointer shows. */
static void touch(const uint8_t *data, size_t size)
{
	if (size > 0)
		sink = data[0] ^ data[size - 1];
}

static void as_file(const uint8_t *data, size_t size)
{
	struct bundle bundle;
	uint8_t *copy = malloc(size + 1);

	if (!copy)
		abort();
	memcpy(copy, data, size);
	if (size >= sizeof(struct bundle_header))
		bundle_digest(copy + offsetof(struct bundle_header, digest), copy, size, NULL);
	if (bundle_parse(&bundle, copy, size, NULL) == 0) {
		touch(bundle.sealed, bundle.sealed_size);
		touch(bundle.tag, GCM_TAG_SIZE);
	}
	free(copy);
}

/* What was understood has to be the input again when written. */
static void as_entries(const uint8_t *data, size_t size)
{
	struct bundle_entry *entries;
	uint8_t *copy;
	size_t count, offset = 0;

	if (bundle_entries_parse(&entries, &count, data, size, NULL) < 0)
		return;
	copy = malloc(size + 1);
	if (!copy)
		abort();
	for (size_t i = 0; i < count; i++) {
		bundle_entry_emit(copy + offset, &entries[i]);
		offset += bundle_entry_size(entries[i].size);
	}
	if (offset != size || memcmp(copy, data, size) != 0)
		abort();
	free(copy);
	free(entries);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	as_file(data, size);
	as_entries(data, size);
	return 0;
}
