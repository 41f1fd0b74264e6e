/* SPDX-License-Identifier: MIT */
/* The verbs of sipl; each has a file of its own. */
#ifndef UV_TOOLS_SIPL_VERBS_H
#define UV_TOOLS_SIPL_VERBS_H

#include "cli/cli.h"

extern const struct cli_verb sipl_keygen;
extern const struct cli_verb sipl_sign;
extern const struct cli_verb sipl_mkdisk;
extern const struct cli_verb sipl_inspect;
extern const struct cli_verb sipl_verify;

#endif
