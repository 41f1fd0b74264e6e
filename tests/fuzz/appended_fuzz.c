/* SPDX-License-Identifier: MIT */
/*
 * Files with an appended signature: taken apart, stripped, and what the signature
 * says about itself. The input is used as it is, and with a sound trailer behind it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ipl/component_file.h"
#include "ipl/signature_info.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile char sink;

/* The parts lie in the file, one behind the other. */
static void check_parts(const struct component_file *file)
{
	const struct appended *parts = &file->parts;
	size_t total = parts->content_size;

	if (parts->signature) {
		if (parts->signature != parts->content + total || parts->signature_size == 0)
			abort();
		total += parts->signature_size + sizeof(struct appended_trailer);
		sink = (char)parts->signature[parts->signature_size - 1];
	}
	if (parts->content != file->bytes || total != file->size)
		abort();
}

static void look_at_signature(const struct appended *parts)
{
	struct signature_info info;

	if (parts->signature &&
	    signature_info_read(&info, parts->signature, parts->signature_size))
		sink = info.issuer[strlen(info.issuer)] ^ info.serial[strlen(info.serial)] ^
		       info.key_id[strlen(info.key_id)];
}

static void take_apart(const uint8_t *data, size_t size)
{
	struct component_file file;

	if (component_file_copy(&file, data, size, "input", NULL) == 0) {
		check_parts(&file);
		look_at_signature(&file.parts);
		if (component_file_strip(&file, "input", NULL) == 0 && file.parts.signature)
			abort();
	}
	component_file_free(&file);
}

/* All of the input but its first byte as a signature. */
static void take_apart_with_trailer(const uint8_t *data, size_t size)
{
	struct appended_trailer trailer = appended_trailer((uint32_t)(size - 1));
	uint8_t *bytes = malloc(size + sizeof(trailer));

	if (!bytes)
		abort();
	memcpy(bytes, data, size);
	memcpy(bytes + size, &trailer, sizeof(trailer));
	take_apart(bytes, size + sizeof(trailer));
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	take_apart(data, size);
	if (size > 1)
		take_apart_with_trailer(data, size);
	return 0;
}
