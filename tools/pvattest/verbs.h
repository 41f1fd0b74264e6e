/* SPDX-License-Identifier: MIT */
/* The verbs of pvattest; each has a file of its own. */
#ifndef UV_TOOLS_PVATTEST_VERBS_H
#define UV_TOOLS_PVATTEST_VERBS_H

#include "cli/cli.h"

/*
 * The program's exit codes are older than those of enum cli_exit: 1 for a wrong
 * command line too, 2 for "no". The verbs use the newer ones; main() translates.
 */
enum { PVATTEST_NO = 2 };

extern const struct cli_verb pvattest_create;
extern const struct cli_verb pvattest_perform;
extern const struct cli_verb pvattest_verify;
extern const struct cli_verb pvattest_check;
extern const struct cli_verb pvattest_policy;

#endif
