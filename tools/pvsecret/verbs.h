/* SPDX-License-Identifier: MIT */
/* The verbs of pvsecret; each has a file of its own. */
#ifndef UV_TOOLS_PVSECRET_VERBS_H
#define UV_TOOLS_PVSECRET_VERBS_H

#include "cli/cli.h"

extern const struct cli_verb pvsecret_create;
extern const struct cli_verb pvsecret_add;
extern const struct cli_verb pvsecret_list;
extern const struct cli_verb pvsecret_lock;
extern const struct cli_verb pvsecret_verify;
extern const struct cli_verb pvsecret_retrieve;
extern const struct cli_verb pvsecret_retr; /* the same verb by its short name */

#endif
