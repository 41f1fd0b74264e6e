/* SPDX-License-Identifier: MIT */
#ifndef UV_TOOLS_SIPL_NUMBER_H
#define UV_TOOLS_SIPL_NUMBER_H

#include <stdint.h>

#include "cli/cli.h"

/*
 * The decimal number @text, from @least to @most, at *@out; NULL leaves *@out
 * alone. CLI_USAGE after having said that --@option needs such a number.
 */
int number_option(uint64_t *out, const char *text, uint64_t least, uint64_t most,
		  const char *option, struct cli *cli);

/* The same for a size in bytes with an optional suffix K, M, G or T (powers of 1024). */
int size_option(uint64_t *out, const char *text, uint64_t least, uint64_t most,
		const char *option, struct cli *cli);

#endif
