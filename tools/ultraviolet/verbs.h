/* SPDX-License-Identifier: MIT */
/* The verbs of `ultraviolet`, each in a file of tools/ultraviolet. */
#ifndef UV_TOOLS_ULTRAVIOLET_VERBS_H
#define UV_TOOLS_ULTRAVIOLET_VERBS_H

#include "cli/cli.h"

extern const struct cli_verb machine_create_verb;
extern const struct cli_verb machine_show_verb;
extern const struct cli_verb machine_list_verb;
extern const struct cli_verb machine_serve_verb;
extern const struct cli_verb machine_export_verb;
extern const struct cli_verb machine_import_verb;

#endif
