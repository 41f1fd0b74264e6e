/* SPDX-License-Identifier: MIT */
#include "machine/bundle_format.h"

#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"

static int bad_field(struct error *err, const char *field, size_t offset,
		     uint32_t value)
{
	return error_set(err, ERR_FORMAT, "Key bundle: %s at offset 0x%02zx is %u", field,
			 offset, value);
}

#define BAD_FIELD(err, header, field) \
	bad_field(err, #field, offsetof(struct bundle_header, field), \
		  be32_get((header)->field))

static int check_version(const struct bundle_header *header, struct error *err)
{
	if (memcmp(header->magic, BUNDLE_MAGIC, BUNDLE_MAGIC_SIZE) != 0)
		return error_set(err, ERR_FORMAT, "This is no key bundle of Ultraviolet");
	if (be32_get(header->version) != BUNDLE_VERSION_1)
		return error_set(err, ERR_UNSUPPORTED,
				 "Key bundle of version 0x%x; this program knows 0x%x",
				 be32_get(header->version), BUNDLE_VERSION_1);
	return 0;
}

static int check_limits(const struct bundle_header *header, struct error *err)
{
	uint32_t log2_n = be32_get(header->log2_n);

	if (be32_get(header->payload_size) > BUNDLE_MAX_PAYLOAD)
		return BAD_FIELD(err, header, payload_size);
	if (log2_n < BUNDLE_MIN_LOG2_N || log2_n > BUNDLE_MAX_LOG2_N)
		return BAD_FIELD(err, header, log2_n);
	if (be32_get(header->r) != BUNDLE_R)
		return BAD_FIELD(err, header, r);
	if (be32_get(header->p) < 1 || be32_get(header->p) > BUNDLE_MAX_P)
		return BAD_FIELD(err, header, p);
	if (be64_get(header->reserved_58) != 0)
		return error_set(err, ERR_FORMAT,
				 "Key bundle: the reserved field at offset 0x58 is not zero");
	return 0;
}

int bundle_digest(uint8_t digest[SHA256_SIZE], const void *bytes, size_t size,
		  struct error *err)
{
	const uint8_t *rest = (const uint8_t *)bytes + sizeof(struct bundle_header);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ok = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1 &&
		 EVP_DigestUpdate(ctx, bytes, BUNDLE_AAD_SIZE) == 1 &&
		 EVP_DigestUpdate(ctx, rest, size - sizeof(struct bundle_header)) == 1 &&
		 EVP_DigestFinal_ex(ctx, digest, NULL) == 1;

	EVP_MD_CTX_free(ctx);
	return ok ? 0 : crypto_error(err, "Cannot compute a SHA-256 digest");
}

static int check_digest(const struct bundle_header *header, const void *bytes,
			size_t size, struct error *err)
{
	uint8_t digest[SHA256_SIZE];
	int rc = bundle_digest(digest, bytes, size, err);

	if (rc < 0 || memcmp(digest, header->digest, sizeof(digest)) == 0)
		return rc;
	error_set(err, ERR_FORMAT,
		  "Key bundle: damaged, its digest at offset 0x60 does not fit");
	return error_hint(err, ERR_FORMAT, "Fetch the file again from where it was made");
}

int bundle_parse(struct bundle *bundle, const void *bytes, size_t size,
		 struct error *err)
{
	struct cursor c = cursor_over(bytes, size);
	int rc;

	*bundle = (struct bundle){ .header = cursor_take(&c, sizeof(*bundle->header)) };
	if (!bundle->header)
		return error_set(err, ERR_FORMAT,
				 "Key bundle: %zu bytes are less than its header", size);
	rc = check_version(bundle->header, err);
	if (rc == 0)
		rc = check_limits(bundle->header, err);
	if (rc < 0)
		return rc;
	bundle->sealed_size = be32_get(bundle->header->payload_size);
	bundle->sealed = cursor_take(&c, bundle->sealed_size);
	bundle->tag = cursor_take(&c, GCM_TAG_SIZE);
	if (!bundle->tag || cursor_left(&c) != 0)
		return error_set(err, ERR_FORMAT,
				 "Key bundle: %zu bytes, where its header announces %zu",
				 size, sizeof(struct bundle_header) +
				 bundle->sealed_size + GCM_TAG_SIZE);
	return check_digest(bundle->header, bytes, size, err);
}

static bool is_known(uint32_t kind)
{
	return (kind >= BUNDLE_MACHINE_YAML && kind <= BUNDLE_BACKUP_DOCUMENT) ||
	       (kind >= BUNDLE_CA_YAML && kind < BUNDLE_CA_KEY + BUNDLE_CA_LINKS) ||
	       kind == BUNDLE_CA_REVOKED;
}

/* @previous is the kind of the entry before, 0 for the first. */
static int parse_entry(struct bundle_entry *entry, struct cursor *c, uint32_t previous,
		       struct error *err)
{
	size_t offset = c->position;
	const struct bundle_entry_header *header = cursor_take(c, sizeof(*header));
	uint32_t kind, size;

	if (!header)
		return error_set(err, ERR_FORMAT,
				 "Key bundle: the entry at offset 0x%zx is cut off", offset);
	kind = be32_get(header->kind);
	size = be32_get(header->size);
	if (!is_known(kind))
		return error_set(err, ERR_FORMAT,
				 "Key bundle: the entry at offset 0x%zx has the unknown kind %u",
				 offset, kind);
	if (kind < previous || (kind == previous && kind != BUNDLE_CA_REVOKED))
		return error_set(err, ERR_FORMAT,
				 "Key bundle: the entry at offset 0x%zx, kind %u, is out of order",
				 offset, kind);
	*entry = (struct bundle_entry){ .kind = (enum bundle_kind)kind, .size = size };
	if (size <= BUNDLE_MAX_ENTRY)
		entry->data = cursor_take(c, size);
	return entry->data ? 0 : error_set(err, ERR_FORMAT,
					   "Key bundle: the entry at offset 0x%zx claims %u bytes",
					   offset, size);
}

int bundle_entries_parse(struct bundle_entry **entries, size_t *count,
			 const void *bytes, size_t size, struct error *err)
{
	struct cursor c = cursor_over(bytes, size);
	struct bundle_entry *list = calloc(BUNDLE_MAX_ENTRIES, sizeof(*list));
	uint32_t previous = 0;
	size_t got = 0;
	int rc = list ? 0 : error_set(err, ERR_NOMEM, "Out of memory");

	*entries = NULL;
	*count = 0;
	while (rc == 0 && cursor_left(&c) > 0) {
		if (got == BUNDLE_MAX_ENTRIES)
			rc = error_set(err, ERR_FORMAT,
				       "Key bundle: more than %d entries",
				       BUNDLE_MAX_ENTRIES);
		else
			rc = parse_entry(&list[got], &c, previous, err);
		if (rc == 0)
			previous = list[got++].kind;
	}
	if (rc < 0) {
		free(list);
		return rc;
	}
	*entries = list;
	*count = got;
	return 0;
}

void bundle_entry_emit(void *bytes, const struct bundle_entry *entry)
{
	struct bundle_entry_header header = {
		.kind = be32(entry->kind),
		.size = be32((uint32_t)entry->size),
	};

	memcpy(bytes, &header, sizeof(header));
	memcpy((uint8_t *)bytes + sizeof(header), entry->data, entry->size);
}
