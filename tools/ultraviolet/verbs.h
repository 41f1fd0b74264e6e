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
extern const struct cli_verb run_verb;
extern const struct cli_verb domcapabilities_verb;
extern const struct cli_verb list_verb;
extern const struct cli_verb status_verb;
extern const struct cli_verb shared_pages_verb;
extern const struct cli_verb trace_verb;
extern const struct cli_verb dump_verb;
extern const struct cli_verb report_verb;
extern const struct cli_verb explain_verb;

/* The other name of the program, under which it takes QEMU's options alone. */
#define QEMU_NAME "ultraviolet-qemu-s390x"

/* `ultraviolet run` without options of its own; returns an exit code. */
int run_as_qemu(int argc, char **argv);

#endif
