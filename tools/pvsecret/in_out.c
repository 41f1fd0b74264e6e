/* SPDX-License-Identifier: MIT */
#include "pvsecret/in_out.h"

int take_either(const char **value, const char *option, const char *operand,
		const char *name, struct cli *cli)
{
	if (option && operand)
		return cli_usage(cli, "--%s and '%s' name the same thing; give one of them",
				 name, operand);
	if (option || operand)
		*value = option ? option : operand;
	if (!*value)
		return cli_usage(cli, "--%s, or its value alone, is required", name);
	return CLI_OK;
}
