/* SPDX-License-Identifier: MIT */
#include "attestation/exchange.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"

enum { BLOBS = 5 };

/* The entries of a header, in order, and what may be in each. */
struct blob_rule {
	const char *name;
	size_t entry; /* offset of the struct exchange_entry in the header */
	size_t blob;  /* offset of the struct exchange_blob in the content */
	size_t limit;
};

#define RULE(name, member, limit)                                 \
	{ name, offsetof(struct exchange_header, member),         \
	  offsetof(struct exchange, member), limit }

static const struct blob_rule rules[BLOBS] = {
	RULE("attestation request", arcb, EXCHANGE_MAX_ARCB),
	RULE("measurement", measurement, EXCHANGE_MAX_MEASUREMENT),
	RULE("additional data", additional, EXCHANGE_MAX_ADDITIONAL),
	RULE("user data", user_data, EXCHANGE_MAX_USER_DATA),
	RULE("configuration UID", cuid, EXCHANGE_CUID_SIZE),
};

static const struct exchange_entry *
entry_of(const struct exchange_header *header, const struct blob_rule *rule)
{
	return (const struct exchange_entry *)((const uint8_t *)header + rule->entry);
}

static struct exchange_blob *blob_of(struct exchange *exchange,
				     const struct blob_rule *rule)
{
	return (struct exchange_blob *)((uint8_t *)exchange + rule->blob);
}

static int malformed(struct error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int malformed(struct error *err, const char *format, ...)
{
	char why[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(why, sizeof(why), format, ap);
	va_end(ap);
	error_set(err, ERR_FORMAT, "%s", why);
	return error_wrap(err, ERR_FORMAT, "The input has not the correct format");
}

static int check_header(const struct exchange_header *h, size_t size, struct error *err)
{
	if (memcmp(h->magic, EXCHANGE_MAGIC, sizeof(h->magic)) != 0)
		return malformed(err, "it does not start with " EXCHANGE_MAGIC);
	if (be32_get(h->version) != EXCHANGE_VERSION_1)
		return malformed(err, "version 0x%" PRIx32 " (offset 0x8) is not 0x100",
				 be32_get(h->version));
	if (be32_get(h->size) < sizeof(*h))
		return malformed(err, "size %" PRIu32 " (offset 0xc) is less than a header",
				 be32_get(h->size));
	if (be32_get(h->size) > size)
		return malformed(err, "it should have %" PRIu32 " bytes (offset 0xc), but has %zu",
				 be32_get(h->size), size);
	return 0;
}

/* Fills one blob from its entry, as long as it lies behind the header. */
static int parse_blob(struct exchange_blob *blob, const struct blob_rule *rule,
		      const struct exchange_header *header, struct error *err)
{
	const struct exchange_entry *entry = entry_of(header, rule);
	uint32_t size = be32_get(entry->size), offset = be32_get(entry->offset);
	uint32_t end = be32_get(header->size);

	*blob = (struct exchange_blob){ .size = size };
	if (size == 0)
		return 0;
	if (size > rule->limit)
		return malformed(err, "%" PRIu32 " bytes of %s (offset 0x%zx) are more than %zu",
				 size, rule->name, rule->entry, rule->limit);
	if (offset == 0)
		return 0;
	if (offset < sizeof(*header))
		return malformed(err, "the %s (offset 0x%zx) lies inside the header",
				 rule->name, rule->entry);
	if (offset > end || size > end - offset)
		return malformed(err, "the %s (offset 0x%zx) reaches beyond the end",
				 rule->name, rule->entry);
	blob->bytes = (const uint8_t *)header + offset;
	return 0;
}

static bool overlap(const struct exchange_blob *a, const struct exchange_blob *b)
{
	return a->bytes && b->bytes && a->bytes < b->bytes + b->size &&
	       b->bytes < a->bytes + a->size;
}

static int parse(struct exchange *exchange, const void *bytes, size_t size,
		 struct error *err)
{
	struct cursor c = cursor_over(bytes, size);
	const struct exchange_header *header = cursor_take(&c, sizeof(*header));
	int rc;

	if (!header)
		return malformed(err, "%zu bytes are less than a header", size);
	rc = check_header(header, size, err);
	for (size_t i = 0; rc == 0 && i < BLOBS; i++) {
		struct exchange_blob *blob = blob_of(exchange, &rules[i]);

		rc = parse_blob(blob, &rules[i], header, err);
		for (size_t j = 0; rc == 0 && j < i; j++)
			if (overlap(blob, blob_of(exchange, &rules[j])))
				rc = malformed(err, "%s and %s overlap",
					       rules[j].name, rules[i].name);
	}
	return rc;
}

int exchange_parse_request(struct exchange *exchange, const void *bytes,
			   size_t size, struct error *err)
{
	int rc = parse(exchange, bytes, size, err);

	if (rc < 0)
		return rc;
	if (!exchange->arcb.bytes)
		return malformed(err, "it holds no attestation request (offset 0x18)");
	if (!exchange->measurement.size)
		return malformed(err, "it announces no measurement (offset 0x20)");
	return 0;
}

int exchange_parse_response(struct exchange *exchange, const void *bytes,
			    size_t size, struct error *err)
{
	int rc = parse(exchange, bytes, size, err);

	if (rc < 0)
		return rc;
	if (!exchange->arcb.bytes)
		return malformed(err, "it holds no attestation request (offset 0x18)");
	if (!exchange->measurement.bytes) {
		malformed(err, "it holds no measurement (offset 0x20): this is not a response");
		return error_hint(err, ERR_FORMAT, "'pvattest perform' in the guest makes a response from a request");
	}
	if (!exchange->cuid.bytes || exchange->cuid.size != EXCHANGE_CUID_SIZE)
		return malformed(err, "it holds no configuration UID of 16 bytes (offset 0x38)");
	for (size_t i = 0; i < BLOBS; i++) {
		const struct exchange_blob *blob = blob_of(exchange, &rules[i]);

		if (blob->size && !blob->bytes)
			return malformed(err, "the %s (offset 0x%zx) are only announced",
					 rules[i].name, rules[i].entry);
	}
	return 0;
}

static struct exchange_entry write_entry(const struct exchange_blob *blob, size_t *end)
{
	struct exchange_entry entry = { .size = be32((uint32_t)blob->size) };

	if (blob->bytes && blob->size) {
		entry.offset = be32((uint32_t)*end);
		*end += blob->size;
	}
	return entry;
}

static void write_blob(struct text *out, const struct exchange_blob *blob)
{
	if (blob->bytes)
		text_add_bytes(out, (const char *)blob->bytes, blob->size);
}

void exchange_write(struct text *out, const struct exchange *exchange)
{
	size_t end = sizeof(struct exchange_header);
	struct exchange_header header = { .version = be32(EXCHANGE_VERSION_1) };

	memcpy(header.magic, EXCHANGE_MAGIC, sizeof(header.magic));
	header.arcb = write_entry(&exchange->arcb, &end);
	header.measurement = write_entry(&exchange->measurement, &end);
	header.additional = write_entry(&exchange->additional, &end);
	header.user_data = write_entry(&exchange->user_data, &end);
	header.cuid = write_entry(&exchange->cuid, &end);
	header.size = be32((uint32_t)end);
	text_add_bytes(out, (const char *)&header, sizeof(header));
	write_blob(out, &exchange->arcb);
	write_blob(out, &exchange->measurement);
	write_blob(out, &exchange->additional);
	write_blob(out, &exchange->user_data);
	write_blob(out, &exchange->cuid);
}
