/* SPDX-License-Identifier: MIT */
/* pvimg info: shows the SE header of an image. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "image/report.h"
#include "pvimg/header_key.h"
#include "pvimg/verbs.h"
#include "release.h"

struct settings {
	const char *format, *hdr_key, *schema, *input;
	bool show_secrets;
};

#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	{ .name = "format", .kind = CLI_TEXT, .offset = AT(format), .value = "FORMAT",
	  .help = "text or text:full for people (the layout may change), json or "
		  "json:minify for programs. Default is text on a terminal, else json.",
	  .conflicts = "print-schema" },
	{ .name = "hdr-key", .kind = CLI_TEXT, .offset = AT(hdr_key), .value = "FILE",
	  .help = "Authenticate the header with the 32 bytes in FILE, the key that the "
		  "image was created with. Without it nothing that is shown can be "
		  "trusted.",
	  .conflicts = "print-schema", .flags = CLI_FILE },
	{ .name = "show-secrets", .kind = CLI_FLAG, .offset = AT(show_secrets),
	  .help = "Show the encrypted part as well: keys, start address, secret flags.",
	  .conflicts = "print-schema", .needs = "hdr-key" },
	{ .name = "print-schema", .kind = CLI_TEXT, .offset = AT(schema),
	  .value = "FORMAT",
	  .help = "Print the schema of this format (json) instead.",
	  .choices = "text json" },
	{ .name = NULL },
};

static const struct cli_operand operands[] = {
	{ .name = "INPUT", .kind = CLI_TEXT, .offset = AT(input),
	  .help = "An image, or a header taken from one.", .flags = CLI_FILE },
	{ .name = NULL },
};

struct format {
	const char *name;
	bool json;
	bool detailed; /* text: full, json: pretty */
};

static const struct format formats[] = {
	{ "text", false, false },
	{ "text:default", false, false },
	{ "text:full", false, true },
	{ "json", true, true },
	{ "json:default", true, true },
	{ "json:pretty", true, true },
	{ "json:minify", true, false },
};

static const struct format *find_format(const char *name)
{
	if (!name)
		name = isatty(STDOUT_FILENO) ? "text" : "json";
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcasecmp(name, formats[i].name) == 0)
			return &formats[i];
	return NULL;
}

static void add_json(struct text *out, const struct se_header_report *report,
		     bool pretty)
{
	char host[256] = "unknown";
	struct report_origin origin = {
		.version = S390_TOOLS_RELEASE,
		.host = host,
		.time = time(NULL),
	};

	if (gethostname(host, sizeof(host) - 1) < 0)
		strcpy(host, "unknown");
	se_header_report_json(out, report, &origin, pretty);
}

static int print_report(const struct se_header_report *report,
			const struct format *format, struct error *err)
{
	struct text out = { 0 };
	int rc = 0;

	if (format->json)
		add_json(&out, report, format->detailed);
	else
		se_header_report_text(&out, report, format->detailed);
	if (text_ok(&out))
		fputs(text_chars(&out), stdout);
	else
		rc = error_set(err, ERR_NOMEM, "Out of memory");
	text_free(&out);
	return rc;
}

static int inspect(const struct settings *settings, const struct format *format,
		   struct cli *cli, struct error *err)
{
	struct se_header_report report = { 0 };
	struct secret *area = NULL;
	struct se_image *image;
	int rc = se_image_open(&image, settings->input, cli_log(cli), err);

	if (rc < 0)
		return rc;
	if (settings->hdr_key)
		rc = header_key_open(&area, image, settings->hdr_key, err);
	else
		cli_say(cli, "WARNING: The integrity and authenticity of the Secure Execution header was not verified: give its key with '--hdr-key', or do not trust what is shown.");
	if (rc == 0) {
		report.header = &image->header;
		report.verified = area != NULL;
		if (settings->show_secrets)
			report.area = (const struct se_header_area *)secret_view(area);
		rc = print_report(&report, format, err);
	}
	secret_free(area);
	se_image_close(image);
	return rc;
}

static int print_schema(const char *format)
{
	if (strcmp(format, "json") == 0)
		fputs(se_header_report_schema, stdout);
	else
		puts("No schema for human-readable format available!");
	return CLI_OK;
}

static int run(const void *given, struct cli *cli)
{
	const struct settings *settings = given;
	const struct format *format = find_format(settings->format);
	struct error err = { 0 };

	if (settings->schema && settings->input)
		return cli_usage(cli, "--print-schema cannot be used with INPUT");
	if (settings->schema)
		return print_schema(settings->schema);
	if (!settings->input)
		return cli_usage(cli, "argument INPUT is required");
	if (!format)
		return cli_usage(cli, "--format: '%s' is none of: text text:full json json:pretty json:minify",
				 settings->format);
	if (inspect(settings, format, cli, &err) < 0)
		return cli_fail(cli, &err);
	return CLI_OK;
}

const struct cli_verb pvimg_info = {
	.name = "info",
	.summary = "Print information about an IBM Secure Execution image",
	.options = options,
	.operands = operands,
	.settings_size = sizeof(struct settings),
	.run = run,
};
