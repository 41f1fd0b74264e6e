/* SPDX-License-Identifier: MIT */
/* A file can be named by an option or in the same place without one. */
#ifndef UV_TOOLS_PVSECRET_IN_OUT_H
#define UV_TOOLS_PVSECRET_IN_OUT_H

#include "cli/cli.h"

/*
 * The one of @option (given as --@name) and @operand that is not NULL; *@value
 * stays where both are. Returns CLI_OK, or CLI_USAGE after having said so
 * where both are given, or neither and *@value is NULL.
 */
int take_either(const char **value, const char *option, const char *operand,
		const char *name, struct cli *cli);

#endif
