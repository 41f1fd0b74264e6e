/* SPDX-License-Identifier: MIT */
#include "pvattest/additional_options.h"

#include <string.h>

#include "attestation/additional.h"

static uint64_t flag_named(const char *name)
{
	for (size_t i = 0; i < ADDITIONAL_ITEMS; i++)
		if (strcmp(additional_kinds[i].option, name) == 0)
			return additional_kinds[i].flag;
	return 0;
}

int additional_options_take(uint64_t *flags, const char *option,
			    const struct cli_list *list, struct cli *cli)
{
	*flags = 0;
	for (size_t i = 0; i < list->count; i++) {
		uint64_t flag = flag_named(list->items[i]);

		if (!flag)
			return cli_usage(cli, "--%s: '%s' is none of: phkh-img phkh-att secret-store-hash firmware-state",
					 option, list->items[i]);
		*flags |= flag;
	}
	return CLI_OK;
}
