/* SPDX-License-Identifier: MIT */
#include "cli/spellings.h"

#include <string.h>

#include "cli/internal.h"

const struct cli_spelling cli_spellings[] = {
	/* The manual writes --crt for every tool that takes --cert. */
	{ NULL, NULL, "crt", "cert", NULL },
	/* genprotimg up to 2.35. */
	{ "pvimg", "create", "image", "kernel", NULL },
	{ "pvimg", "create", "comm-key", "cck", NULL },
	{ "pvimg", "create", "x-comm-key", "cck", NULL },
	{ "pvimg", "create", "x-header-key", "hdr-key", NULL },
	{ "pvimg", "create", "x-comp-key", "image-key", NULL },
	/* pvimg info up to 2.36. */
	{ "pvimg", "info", "key", "hdr-key", NULL },
	{ "pvattest", "check", "fw-ver", "firmware-check-version", NULL },
	{ "pvattest", "policy", "host-key", "host-key-document", NULL },
	/* The manual's chapters 5, 6 and 9. */
	{ "pvsecret", "create", "se-hdr", "hdr", NULL },
	{ "pvsecret", "create", "-cck", "cck", NULL },
	{ "pvsecret", "create", "disable-dump", "flags", "disable-dump" },
	/* zipl and QEMU. */
	{ "sipl", "mkdisk", "image", "kernel", NULL },
	{ "sipl", "mkdisk", "initrd", "ramdisk", NULL },
	{ "sipl", "mkdisk", "append", "parameters", NULL },
	{ NULL, NULL, NULL, NULL, NULL },
};

const struct cli_spelling *cli_spelling(const char *program, const char *verb,
					const char *spelling, size_t length)
{
	for (const struct cli_spelling *s = cli_spellings; s->spelling; s++) {
		if (s->program && strcmp(s->program, program) != 0)
			continue;
		if (s->verb && (!verb || strcmp(s->verb, verb) != 0))
			continue;
		if (strlen(s->spelling) == length &&
		    memcmp(s->spelling, spelling, length) == 0)
			return s;
	}
	return NULL;
}
