/* SPDX-License-Identifier: MIT */
#include "sipl/number.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Digits only, up to *@end. */
static bool parse(uint64_t *value, const char *text, char **end)
{
	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*value = strtoull(text, end, 10);
	return errno == 0;
}

int number_option(uint64_t *out, const char *text, uint64_t least, uint64_t most,
		  const char *option, struct cli *cli)
{
	uint64_t value;
	char *end;

	if (!text)
		return CLI_OK;
	if (!parse(&value, text, &end) || *end || value < least || value > most)
		return cli_usage(cli,
				 "--%s takes a number from %" PRIu64 " to %" PRIu64 ", not '%s'",
				 option, least, most, text);
	*out = value;
	return CLI_OK;
}

/* How far a suffix shifts; -1 for none that is known. */
static int suffix_shift(const char *suffix)
{
	static const char letters[] = "KMGT";
	const char *found;

	if (*suffix == '\0')
		return 0;
	found = strchr(letters, *suffix);
	return found && suffix[1] == '\0' ? (int)(found - letters + 1) * 10 : -1;
}

int size_option(uint64_t *out, const char *text, uint64_t least, uint64_t most,
		const char *option, struct cli *cli)
{
	uint64_t value;
	char *end;
	int shift;

	if (!text)
		return CLI_OK;
	shift = parse(&value, text, &end) ? suffix_shift(end) : -1;
	if (shift < 0 || value > most >> shift || value << shift < least)
		return cli_usage(cli,
				 "--%s takes a size from %" PRIu64 " to %" PRIu64
				 " bytes, perhaps with K, M, G or T, not '%s'",
				 option, least, most, text);
	*out = value << shift;
	return CLI_OK;
}
