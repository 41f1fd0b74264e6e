/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/internal.h"

/*
 * Further spellings of long options that are accepted: what the manual or an
 * older tool prints and the shipped tool calls otherwise. They appear in no
 * help text and no completion.
 */
static const struct {
	const char *program;   /* table name ("pvimg"); NULL = any */
	const char *verb;      /* NULL = any */
	const char *spelling;  /* without dashes */
	const char *canonical; /* the name in the verb's table */
} spellings[] = {
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
};

const char *cli_spelling(const char *program, const char *verb,
			 const char *spelling, size_t length)
{
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		const char *known = spellings[i].spelling;

		if (spellings[i].program && strcmp(spellings[i].program, program) != 0)
			continue;
		if (spellings[i].verb && (!verb || strcmp(spellings[i].verb, verb) != 0))
			continue;
		if (strlen(known) == length && memcmp(known, spelling, length) == 0)
			return spellings[i].canonical;
	}
	return NULL;
}
