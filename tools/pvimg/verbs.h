/* SPDX-License-Identifier: MIT */
/* The verbs of pvimg; each has a file of its own. */
#ifndef UV_TOOLS_PVIMG_VERBS_H
#define UV_TOOLS_PVIMG_VERBS_H

#include "cli/cli.h"

extern const struct cli_verb pvimg_create;
extern const struct cli_verb pvimg_info;
extern const struct cli_verb pvimg_test;
extern const struct cli_verb pvimg_verify;

#endif
