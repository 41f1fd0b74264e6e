/* SPDX-License-Identifier: MIT */
#include "ipl/report.h"

#include <string.h>

#include "base/cursor.h"

static uint32_t block_size(unsigned entries, size_t entry_size)
{
	return (uint32_t)(sizeof(struct iirb_block) + entries * entry_size);
}

static uint8_t *put(uint8_t *to, const void *from, size_t size)
{
	memcpy(to, from, size);
	return to + size;
}

static uint8_t *put_components(uint8_t *to, const struct ipl_report *report)
{
	const struct iirb_block block = {
		.length = be32(block_size(report->component_count,
					  sizeof(struct iirb_component))),
		.type = IIRB_COMPONENTS,
		.iiei = be16(report->iiei),
	};

	to = put(to, &block, sizeof(block));
	return put(to, report->components,
		   report->component_count * sizeof(struct iirb_component));
}

static uint8_t *put_certificates(uint8_t *to, const struct ipl_report *report)
{
	const struct iirb_block block = {
		.length = be32(block_size(report->certificate_count,
					  sizeof(struct iirb_certificate))),
		.type = IIRB_CERTIFICATES,
	};

	to = put(to, &block, sizeof(block));
	return put(to, report->certificates,
		   report->certificate_count * sizeof(struct iirb_certificate));
}

size_t ipl_report_write(const struct ipl_report *report, void *to)
{
	struct iirb header = { 0 };
	uint8_t *start = to;
	uint8_t *end = start + sizeof(header);

	if (report->certificate_count == 0) {
		end = put_certificates(end, report);
		end = put_components(end, report);
	} else {
		end = put_components(end, report);
		end = put_certificates(end, report);
	}
	header.length = be32((uint32_t)(end - start));
	memcpy(start, &header, sizeof(header));
	return (size_t)(end - start);
}

/* How many entries of @entry_size the @size bytes hold; false when not whole ones up to @limit. */
static bool count_entries(size_t size, size_t entry_size, unsigned limit, unsigned *count)
{
	if (size % entry_size != 0 || size / entry_size > limit)
		return false;
	*count = (unsigned)(size / entry_size);
	return true;
}

static bool read_components(struct ipl_report *report, const struct iirb_block *block,
			    const void *entries, size_t size)
{
	if (!count_entries(size, sizeof(struct iirb_component), IIRB_COMPONENTS_MAX,
			   &report->component_count))
		return false;
	report->iiei = be16_get(block->iiei);
	memcpy(report->components, entries, size);
	return true;
}

static bool read_certificates(struct ipl_report *report, const void *entries, size_t size)
{
	if (!count_entries(size, sizeof(struct iirb_certificate), IIRB_CERTIFICATES_MAX,
			   &report->certificate_count))
		return false;
	memcpy(report->certificates, entries, size);
	return true;
}

/* Which lists the report had. */
struct lists_seen {
	bool components;
	bool certificates;
};

static bool read_block(struct ipl_report *report, struct cursor *cursor,
		       struct lists_seen *seen)
{
	const struct iirb_block *block = cursor_take(cursor, sizeof(*block));
	const void *entries;
	size_t size;

	if (!block || be32_get(block->length) < sizeof(*block))
		return false;
	size = be32_get(block->length) - sizeof(*block);
	entries = cursor_take(cursor, size);
	if (!entries)
		return false;
	switch (block->type) {
	case IIRB_COMPONENTS:
		if (seen->components)
			return false;
		seen->components = true;
		return read_components(report, block, entries, size);
	case IIRB_CERTIFICATES:
		if (seen->certificates)
			return false;
		seen->certificates = true;
		return read_certificates(report, entries, size);
	default:
		return true;
	}
}

static bool indices_fit(const struct ipl_report *report)
{
	for (unsigned i = 0; i < report->component_count; i++) {
		const struct iirb_component *component = &report->components[i];

		if (component->flags & IIRB_VERIFIED &&
		    be16_get(component->certificate) >= report->certificate_count)
			return false;
	}
	return true;
}

bool ipl_report_read(struct ipl_report *report, const void *from, size_t size)
{
	struct cursor cursor = cursor_over(from, size);
	const struct iirb *header = cursor_take(&cursor, sizeof(*header));
	struct lists_seen seen = { 0 };
	uint32_t length;

	report->iiei = 0;
	report->component_count = 0;
	report->certificate_count = 0;
	if (!header)
		return false;
	length = be32_get(header->length);
	if (length < sizeof(*header) || length > size)
		return false;
	cursor.size = length;
	while (cursor_left(&cursor) > 0) {
		if (!read_block(report, &cursor, &seen))
			return false;
	}
	return seen.components && indices_fit(report);
}

uint32_t ipl_report_offset(const struct iplb *iplb)
{
	return (be32_get(iplb->length) + 7) & ~UINT32_C(7);
}
