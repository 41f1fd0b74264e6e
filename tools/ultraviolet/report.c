/* SPDX-License-Identifier: MIT */
/* ultraviolet report: what a boot in audit or secure mode found. */
#include <stdio.h>
#include <string.h>

#include "machine/boot_report.h"
#include "ultraviolet/verbs.h"

struct settings {
	const char *name, *format;
};

#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	{ .name = "format", .kind = CLI_TEXT, .offset = AT(format), .value = "FORMAT",
	  .help = "text for people (the default; the layout may change) or json for programs.",
	  .choices = "text json" },
	{ .name = NULL },
};

static const struct cli_operand operands[] = {
	{ .name = "NAME", .kind = CLI_TEXT, .offset = AT(name),
	  .help = "The guest, running or not.", .flags = CLI_REQUIRED },
	{ .name = NULL },
};

static int run(const void *data, struct cli *cli)
{
	const struct settings *settings = data;
	struct boot_report *report;
	struct text words = { 0 };
	struct error err = { 0 };

	if (boot_report_get(&report, settings->name, &err))
		return cli_fail(cli, &err);
	if (settings->format && strcmp(settings->format, "json") == 0)
		boot_report_add_json(report, &words);
	else
		boot_report_add_text(report, &words);
	fputs(text_chars(&words), stdout);
	text_free(&words);
	boot_report_free(report);
	return CLI_OK;
}

const struct cli_verb report_verb = {
	.name = "report",
	.summary = "Show the IPL report of a guest started in audit or secure mode",
	.options = options,
	.operands = operands,
	.settings_size = sizeof(struct settings),
	.run = run,
};
