/* SPDX-License-Identifier: MIT */
/*
 * An SE header for people and for programs: what `pvimg info` prints. See
 * docs/reference/se-header.md, "Report".
 */
#ifndef UV_IMAGE_REPORT_H
#define UV_IMAGE_REPORT_H

#include <stdbool.h>
#include <time.h>

#include "base/text.h"
#include "image/se_header.h"

struct se_header_report {
	const struct se_header *header;
	bool verified;                     /* authenticated with the header key */
	const struct se_header_area *area; /* decrypted; NULL = not to be shown */
};

/* Where and when a JSON report was made. */
struct report_origin {
	const char *version; /* of the tool */
	const char *host;
	time_t time;
};

/* Adds the text form; @full adds sizes, digests, keys. */
void se_header_report_text(struct text *out, const struct se_header_report *report,
			   bool full);

/* Adds the JSON document (API level 1) and a newline. */
void se_header_report_json(struct text *out, const struct se_header_report *report,
			   const struct report_origin *origin, bool pretty);

/* JSON schema (draft 7) of that document, ended by a newline. */
extern const char se_header_report_schema[];

#endif
