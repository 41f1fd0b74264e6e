/* SPDX-License-Identifier: MIT */
#include "cli/spellings.h"

#include <string.h>

#include "cli/internal.h"

const struct cli_spelling cli_spellings[] = {
	/* The manual writes --crt for every tool that takes --cert. */
	{ NULL, NULL, "crt", "cert" },
	/* genprotimg up to 2.35. */
	{ "pvimg", "create", "image", "kernel" },
	{ "pvimg", "create", "comm-key", "cck" },
	{ "pvimg", "create", "x-comm-key", "cck" },
	{ "pvimg", "create", "x-header-key", "hdr-key" },
	{ "pvimg", "create", "x-comp-key", "image-key" },
	/* pvimg info up to 2.36. */
	{ "pvimg", "info", "key", "hdr-key" },
	{ NULL, NULL, NULL, NULL },
};

const char *cli_spelling(const char *program, const char *verb,
			 const char *spelling, size_t length)
{
	for (const struct cli_spelling *s = cli_spellings; s->spelling; s++) {
		if (s->program && strcmp(s->program, program) != 0)
			continue;
		if (s->verb && (!verb || strcmp(s->verb, verb) != 0))
			continue;
		if (strlen(s->spelling) == length &&
		    memcmp(s->spelling, spelling, length) == 0)
			return s->canonical;
	}
	return NULL;
}
