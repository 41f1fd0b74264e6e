/* SPDX-License-Identifier: MIT */
/* ultraviolet domcapabilities: what a domain XML can ask for. */
#include <stdio.h>

#include "machine/domain_capabilities.h"
#include "ultraviolet/verbs.h"

static int run(const void *settings, struct cli *cli)
{
	struct error err = { 0 };
	struct text out = { 0 };
	struct engine engine;

	(void)settings;
	if (engine_find(&engine, &err))
		return cli_fail(cli, &err);
	domain_capabilities_format(&out, &engine);
	fputs(text_chars(&out), stdout);
	text_free(&out);
	engine_clear(&engine);
	return CLI_OK;
}

const struct cli_verb domcapabilities_verb = {
	.name = "domcapabilities",
	.summary = "Print what a domain XML can ask for, as libvirt does",
	.run = run,
};
