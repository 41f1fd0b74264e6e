/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "base/side_work.h"
#include "ipl/certstore.h"
#include "ipl/cms.h"

/* Two of them stay in a core's cache. */
#define PIECE_SIZE ((size_t)256 << 10)

static int digest(void *context, unsigned buffer, const uint8_t *bytes, size_t size)
{
	(void)buffer;
	return cms_check_add(context, bytes, size, NULL);
}

/* Reads all of @content in the caller's thread; it is digested by the other one. */
static int feed(struct side_work *side, const struct certstore_content *content,
		struct error *err)
{
	for (uint64_t offset = 0, size; offset < content->size; offset += size) {
		uint64_t left = content->size - offset;

		size = left < PIECE_SIZE ? left : PIECE_SIZE;
		if (!content->read(content->context, offset, side_work_buffer(side, NULL),
				   (size_t)size))
			return error_set(err, ERR_IO,
					 "The component cannot be read from byte 0x%" PRIx64 " on",
					 offset);
		side_work_submit(side, (size_t)size);
	}
	return 0;
}

static int add_content(struct cms_check *check, const struct certstore_content *content,
		       struct error *err)
{
	struct side_work *side = side_work_new(PIECE_SIZE, digest, check);
	int rc, failure;

	if (!side)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = feed(side, content, err);
	failure = side_work_free(side);
	if (!rc && failure)
		rc = error_set(err, failure, "Cannot digest the component");
	return rc;
}

/* The first certificate for the key of the one at @index: it verifies as well. */
static size_t first_of_key(const struct certstore *store, size_t index)
{
	const uint8_t *key_id = store->certificates[index].key_id;

	for (size_t i = 0; i < index; i++) {
		const struct boot_certificate *entry = &store->certificates[i];

		if (entry->usable &&
		    memcmp(entry->key_id, key_id, CERTIFICATE_KEY_ID_SIZE) == 0)
			return i;
	}
	return index;
}

/* Those that the signature names, or the others. */
static bool try_certificates(const struct certstore *store, size_t *index,
			     struct cms_check *check, bool named)
{
	for (size_t i = 0; i < store->count; i++) {
		const struct boot_certificate *entry = &store->certificates[i];

		if (entry->usable && cms_check_names(check, entry->certificate) == named &&
		    cms_check_signer(check, entry->certificate, NULL) == 0) {
			*index = first_of_key(store, i);
			return true;
		}
	}
	return false;
}

/* The named ones first saves time with many certificates, and decides nothing. */
static int find_signer(const struct certstore *store, size_t *index,
		       struct cms_check *check, struct error *err)
{
	if (try_certificates(store, index, check, true) ||
	    try_certificates(store, index, check, false))
		return 0;
	return error_set(err, ERR_AUTH,
			 "None of the %zu boot certificates verifies the signature",
			 store->count);
}

int certstore_verify(const struct certstore *store, size_t *index,
		     const struct certstore_content *content, const void *signature,
		     size_t signature_size, struct error *err)
{
	struct cms_check *check;
	int rc = cms_check_new(&check, signature, signature_size, err);

	if (!rc)
		rc = add_content(check, content, err);
	if (!rc)
		rc = find_signer(store, index, check, err);
	cms_check_free(check);
	return rc;
}
