/* SPDX-License-Identifier: MIT */
/* pvsecret list: what is in the secret store. */
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "pvsecret/in_out.h"
#include "pvsecret/verbs.h"
#include "secret/list_report.h"
#include "secret/store.h"
#include "uvdevice/uvdevice.h"

struct settings {
	const char *output, *operand, *format;
};

#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	{ .name = "output", .letter = 'o', .kind = CLI_TEXT, .offset = AT(output),
	  .value = "FILE", .help = "Write the list to FILE instead of standard output.",
	  .flags = CLI_FILE },
	{ .name = "format", .kind = CLI_TEXT, .offset = AT(format), .value = "FORMAT",
	  .help = "Text for people (default), YAML, or the bytes that the ultravisor gave.",
	  .choices = "human yaml bin" },
	{ .name = NULL },
};

static const struct cli_operand operands[] = {
	{ .name = "OUTPUT", .kind = CLI_TEXT, .offset = AT(operand),
	  .help = "As --output (\"-\": standard output).", .flags = CLI_FILE },
	{ .name = NULL },
};

static void format_list(struct text *out, const char *format,
			const struct secret_list *list)
{
	if (format && strcmp(format, "bin") == 0)
		text_add_bytes(out, (const char *)list->header, secret_list_size(list));
	else if (format && strcmp(format, "yaml") == 0)
		secret_list_yaml(out, list);
	else
		secret_list_human(out, list);
}

static int list_to(const char *output, const char *format, struct cli *cli,
		   struct error *err)
{
	struct text out = { 0 };
	struct store_list list;
	int fd, rc = uvdevice_open(&fd, err);

	if (rc < 0)
		return rc;
	rc = store_list(&list, fd, cli_log(cli), err);
	close(fd);
	if (rc < 0)
		return rc;
	format_list(&out, format, &list.list);
	store_list_free(&list);
	rc = text_ok(&out) ? file_write(output, out.chars, out.length, OUTFILE_REPLACE,
					file_default_mode(), err)
			   : error_set(err, ERR_NOMEM, "Out of memory");
	text_free(&out);
	return rc;
}

static int run(const void *given, struct cli *cli)
{
	const struct settings *settings = given;
	const char *output = "-";
	struct error err = { 0 };
	int code = take_either(&output, settings->output, settings->operand, "output", cli);

	if (code != CLI_OK)
		return code;
	if (list_to(output, settings->format, cli, &err) < 0)
		return cli_fail(cli, &err);
	if (strcmp(output, "-") != 0)
		cli_say(cli, "Successfully wrote the list of secrets to '%s'", output);
	return CLI_OK;
}

const struct cli_verb pvsecret_list = {
	.name = "list",
	.summary = "List the secrets in the ultravisor (in the guest)",
	.options = options,
	.operands = operands,
	.settings_size = sizeof(struct settings),
	.run = run,
};
