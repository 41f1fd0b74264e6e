/* SPDX-License-Identifier: MIT */
/* QEMU's options for a guest, from where `ultraviolet run` gets them. */
#ifndef UV_TOOLS_ULTRAVIOLET_RUN_OPTIONS_H
#define UV_TOOLS_ULTRAVIOLET_RUN_OPTIONS_H

#include "cli/cli.h"
#include "machine/string_list.h"

/*
 * Fills @argv with the options of the domain XML @domain (NULL: none) and the
 * devices @attached to it, then with @own, so that these win. Caller frees.
 */
int run_options_collect(struct string_list *argv, const char *domain,
			const struct cli_list *attached, const struct cli_list *own,
			const struct log *log, struct error *err);

/* Prints them, one a line, quoted for a shell. */
void run_options_print(const struct string_list *argv);

#endif
