/* SPDX-License-Identifier: MIT */
#include "ipl/appended.h"

#include <stdbool.h>
#include <string.h>

static bool all_zero(const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

/* What Linux demands of a trailer before it looks at the signature. */
static int check_trailer(const struct appended_trailer *trailer, size_t room,
			 const char *name, struct error *err)
{
	uint32_t size = be32_get(trailer->signature_size);

	if (trailer->id_type != APPENDED_ID_PKCS7)
		return error_set(err, ERR_FORMAT,
				 "'%s' has an appended signature of type %u; only PKCS#7 (%u) is known",
				 name, trailer->id_type, APPENDED_ID_PKCS7);
	if (trailer->algorithm || trailer->hash || trailer->signer_length ||
	    trailer->key_id_length ||
	    !all_zero(trailer->reserved, sizeof(trailer->reserved)))
		return error_set(err, ERR_FORMAT,
				 "'%s' has a damaged signature trailer: bytes that must be zero are not",
				 name);
	if (size == 0 || size > room)
		return error_set(err, ERR_FORMAT,
				 "'%s' has a damaged signature trailer: it names a signature of %u bytes, and %zu bytes are in front of it",
				 name, size, room);
	return 0;
}

int appended_split(struct appended *parts, const void *bytes, size_t size,
		   const char *name, struct error *err)
{
	const uint8_t *start = bytes;
	const struct appended_trailer *trailer;
	size_t room;
	int rc;

	*parts = (struct appended){ .content = start, .content_size = size };
	if (size < sizeof(*trailer))
		return 0;
	room = size - sizeof(*trailer);
	trailer = (const struct appended_trailer *)(start + room);
	if (memcmp(trailer->magic, APPENDED_MAGIC, APPENDED_MAGIC_SIZE) != 0)
		return 0;
	rc = check_trailer(trailer, room, name, err);
	if (rc < 0)
		return rc;
	parts->signature_size = be32_get(trailer->signature_size);
	parts->content_size = room - parts->signature_size;
	parts->signature = start + parts->content_size;
	return 0;
}

int appended_strip(struct appended *parts, const void *bytes, size_t size,
		   const char *name, struct error *err)
{
	int rc;

	do {
		rc = appended_split(parts, bytes, size, name, err);
		size = parts->content_size;
	} while (rc == 0 && parts->signature);
	return rc;
}

struct appended_trailer appended_trailer(uint32_t signature_size)
{
	struct appended_trailer trailer = {
		.id_type = APPENDED_ID_PKCS7,
		.signature_size = be32(signature_size),
	};

	memcpy(trailer.magic, APPENDED_MAGIC, APPENDED_MAGIC_SIZE);
	return trailer;
}
