/* SPDX-License-Identifier: MIT */
/* sipl verify: how its verdicts are told. */
#ifndef UV_TOOLS_SIPL_VERIFY_H
#define UV_TOOLS_SIPL_VERIFY_H

#include "base/json.h"
#include "base/text.h"
#include "ipl/rehearsal.h"

struct verdict_report {
	struct text text; /* all that is to be printed */
	struct json json;
	bool as_json;
};

void verdict_begin(struct verdict_report *report, bool as_json, const char *path);

/* One mode: the verdict, why, and component by component what was found. */
void verdict_add(struct verdict_report *report, const struct rehearsal *rehearsal,
		 const struct rehearsal_order *order);
void verdict_end(struct verdict_report *report);

#endif
