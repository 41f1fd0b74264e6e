/* SPDX-License-Identifier: MIT */
/* The option that names additional data. */
#ifndef UV_TOOLS_PVATTEST_ADDITIONAL_OPTIONS_H
#define UV_TOOLS_PVATTEST_ADDITIONAL_OPTIONS_H

#include <stdint.h>

#include "cli/cli.h"

#define ADDITIONAL_OPTION(option_name, option_offset)                          \
	{ .name = option_name, .kind = CLI_LIST, .offset = option_offset,      \
	  .value = "FLAG[,FLAG]",                                              \
	  .help = "Ask for additional data, which the measurement covers. Can " \
		  "be given several times. phkh-img: the hash of the host key " \
		  "that opened the guest's image; phkh-att: of the host key "  \
		  "that opened the request; secret-store-hash: which secrets " \
		  "were added, and whether the store is locked; "              \
		  "firmware-state: for IBM's firmware service." }

/* The flags that the list names; CLI_USAGE for an unknown name. */
int additional_options_take(uint64_t *flags, const char *option,
			    const struct cli_list *list, struct cli *cli);

#endif
