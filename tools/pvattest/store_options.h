/* SPDX-License-Identifier: MIT */
/* The options that describe a secret store: what was added, and its lock. */
#ifndef UV_TOOLS_PVATTEST_STORE_OPTIONS_H
#define UV_TOOLS_PVATTEST_STORE_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "cli/cli.h"

struct store_settings {
	struct cli_list requests; /* --secret */
	const char *locked;       /* --secret-store-locked: "true", "false", NULL */
};

#define STORE_OPTIONS(type, member)                                              \
	{ .name = "secret", .kind = CLI_LIST,                                    \
	  .offset = offsetof(type, member.requests), .value = "FILE[,FILE]",     \
	  .help = "The add-secret request in FILE was added to the guest's "     \
		  "secret store. Can be given several times, in the order in "   \
		  "which they were added.",                                      \
	  .needs = "secret-store-locked", .flags = CLI_FILE },                   \
	{ .name = "secret-store-locked", .kind = CLI_TEXT,                       \
	  .offset = offsetof(type, member.locked), .value = "BOOL",              \
	  .help = "The store took the given requests and no others, and is "     \
		  "locked (true) or not (false).",                \
	  .choices = "true false" }

/*
 * The tags of the requests, one after the other (GCM_TAG_SIZE bytes each); caller
 * frees. ERR_FORMAT when a file is no add-secret request.
 */
int store_tags_read(uint8_t **tags, const struct cli_list *requests, struct error *err);

#endif
