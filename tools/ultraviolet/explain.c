/* SPDX-License-Identifier: MIT */
/* ultraviolet explain: codes of a protected start or an ultravisor call in words. */
#include <stdio.h>

#include "ultravisor/explain.h"
#include "ultraviolet/verbs.h"

struct settings {
	struct cli_list code;
};

static const struct cli_operand operands[] = {
	{ .name = "CODE", .kind = CLI_REPEAT, .offset = offsetof(struct settings, code),
	  .help = "What a guest or a tool printed: 0x0a02, 0x0002000501080a02, "
		  "0x0108/0x0005, or with the call in front: set-parameters "
		  "0x0108/0x0005.",
	  .flags = CLI_REQUIRED },
	{ .name = NULL },
};

static int run(const void *data, struct cli *cli)
{
	const struct settings *settings = data;
	struct text code = { 0 }, words = { 0 };
	struct error err = { 0 };
	int rc;

	for (size_t i = 0; i < settings->code.count; i++)
		text_addf(&code, "%s%s", i ? " " : "", settings->code.items[i]);
	rc = explain_code(text_chars(&code), &words, &err);
	if (!rc)
		fputs(text_chars(&words), stdout);
	text_free(&code);
	text_free(&words);
	return rc ? cli_fail(cli, &err) : CLI_OK;
}

const struct cli_verb explain_verb = {
	.name = "explain",
	.summary = "Say what a code of a protected start or ultravisor call means",
	.operands = operands,
	.settings_size = sizeof(struct settings),
	.run = run,
};
