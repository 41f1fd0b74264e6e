/* SPDX-License-Identifier: MIT */
/* ultraviolet explain: codes of protected starts, ultravisor calls and Secure IPL in words. */
#include <stdio.h>

#include "base/hex.h"
#include "ipl/explain.h"
#include "ultravisor/explain.h"
#include "ultraviolet/verbs.h"

struct settings {
	struct cli_list code;
};

static const struct cli_operand operands[] = {
	{ .name = "CODE", .kind = CLI_REPEAT, .offset = offsetof(struct settings, code),
	  .help = "What a guest or a tool printed: 0x0a02, 0x0002000501080a02, "
		  "0x0108/0x0005, or with the call in front: set-parameters "
		  "0x0108/0x0005. Of Secure IPL with the kind in front: diag320 0x0204, "
		  "diag508 0x0402, cei 0x08000000, iiei 0x2000, vce 0x80.",
	  .flags = CLI_REQUIRED },
	{ .name = NULL },
};

/* "KIND CODE" of Secure IPL. */
static int explain_ipl(const struct cli_list *code, struct text *words, struct error *err)
{
	const char *number = code->count == 2 ? code->items[1] : "";
	uint64_t value;
	int rc = hex_parse_u64(&value, number, err);

	if (rc)
		return rc;
	if (ipl_explain(code->items[0], value, words))
		return 0;
	return error_set(err, ERR_NOT_FOUND, "Nothing is known about the %s code '%s'",
			 code->items[0], number);
}

/* Of an ultravisor call or DIAGNOSE; a number alone may be one of several. */
static int explain_other(const struct cli_list *code, struct text *words, struct error *err)
{
	struct text text = { 0 };
	uint64_t value;
	int rc;

	for (size_t i = 0; i < code->count; i++)
		text_addf(&text, "%s%s", i ? " " : "", code->items[i]);
	rc = explain_code(text_chars(&text), words, err);
	text_free(&text);
	if ((!rc || rc == ERR_NOT_FOUND) && code->count == 1 &&
	    hex_parse_u64(&value, code->items[0], NULL) == 0 &&
	    ipl_explain_any(value, words))
		rc = 0;
	return rc;
}

static int run(const void *data, struct cli *cli)
{
	const struct settings *settings = data;
	const struct cli_list *code = &settings->code;
	struct text words = { 0 };
	struct error err = { 0 };
	int rc = ipl_explain_knows(code->items[0]) ? explain_ipl(code, &words, &err) :
						     explain_other(code, &words, &err);

	if (!rc)
		fputs(text_chars(&words), stdout);
	text_free(&words);
	return rc ? cli_fail(cli, &err) : CLI_OK;
}

const struct cli_verb explain_verb = {
	.name = "explain",
	.summary = "Say what a code of a protected start, ultravisor call or Secure IPL means",
	.operands = operands,
	.settings_size = sizeof(struct settings),
	.run = run,
};
