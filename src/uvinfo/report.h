/* SPDX-License-Identifier: MIT */
/* What the ultravisor offers, in words. See docs/reference/uv-sysfs.md. */
#ifndef UV_UVINFO_REPORT_H
#define UV_UVINFO_REPORT_H

#include "base/text.h"
#include "uvinfo/uvinfo.h"

/* Parts of a report, in its order; a set of them has the bits 1 << part. */
enum uvinfo_part {
	UVINFO_PART_STATUS,
	UVINFO_PART_CALLS,
	UVINFO_PART_FEATURES,
	UVINFO_PART_LIMITS,
	UVINFO_PART_HEADER_FLAGS,
	UVINFO_PART_HEADER_VERSIONS,
	UVINFO_PART_ATTESTATION_FLAGS,
	UVINFO_PART_ATTESTATION_VERSIONS,
	UVINFO_PART_SECRET_TYPES,
	UVINFO_PART_ADD_SECRET_VERSIONS,
	UVINFO_PART_ADD_SECRET_FLAGS,
	UVINFO_PART_KEYS,
	UVINFO_PARTS,
};

#define UVINFO_ALL_PARTS ((1u << UVINFO_PARTS) - 1)

/* Adds the given parts as text for people, as YAML, as JSON. */
void uvinfo_report_human(struct text *out, const struct uvinfo *info, unsigned parts);
void uvinfo_report_yaml(struct text *out, const struct uvinfo *info, unsigned parts);
void uvinfo_report_json(struct text *out, const struct uvinfo *info, unsigned parts);

#endif
