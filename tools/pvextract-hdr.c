/* SPDX-License-Identifier: MIT */
/* pvextract-hdr: copies the SE header of an image into a file. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "cli/cli.h"
#include "image/extract.h"
#include "release.h"

#define DEFAULT_OUTPUT "sehdr.bin"

struct settings {
	const char *output, *skip, *length, *image;
};

#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	{ .name = "output", .letter = 'o', .kind = CLI_TEXT, .offset = AT(output),
	  .value = "FILE",
	  .help = "Write the header to FILE, replacing it. Default: " DEFAULT_OUTPUT ".",
	  .flags = CLI_FILE },
	{ .name = "skip", .letter = 's', .kind = CLI_TEXT, .offset = AT(skip),
	  .value = "PAGES",
	  .help = "Search behind this many pages of 4096 bytes, 0x14 by default, and "
		  "only there. Without -s and -l, the header is first looked for where "
		  "the image says that it is." },
	{ .name = "length", .letter = 'l', .kind = CLI_TEXT, .offset = AT(length),
	  .value = "PAGES",
	  .help = "Search in this many pages, 0x4 by default, and only there." },
	{ .name = NULL },
};

static const struct cli_operand operands[] = {
	{ .name = "IMAGE", .kind = CLI_TEXT, .offset = AT(image),
	  .help = "The image.", .flags = CLI_REQUIRED | CLI_FILE },
	{ .name = NULL },
};

/* Decimal, or hexadecimal with 0x. Keeps *@value where @text is NULL. */
static bool parse_pages(uint64_t *value, const char *text)
{
	char *end;

	if (!text)
		return true;
	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*value = strtoull(text, &end, 0);
	return errno == 0 && *end == '\0';
}

static int extract(const struct settings *settings,
		   const struct extract_window *window, struct cli *cli,
		   struct error *err)
{
	const char *output = settings->output ? settings->output : DEFAULT_OUTPUT;
	/* Messages must not end up in the header. */
	FILE *talk = outfile_writes_through(output) ? stderr : stdout;
	struct extracted_header header;
	int rc = header_extract(&header, settings->image, window, cli_log(cli), err);

	if (rc < 0)
		return rc;
	if (cli_verbosity(cli) >= 0)
		fprintf(talk, "SE header found at offset 0x%06" PRIx64 "\n", header.offset);
	rc = file_write(output, header.bytes, header.size, OUTFILE_REPLACE,
			file_default_mode(), err);
	if (rc == 0 && cli_verbosity(cli) >= 0)
		fprintf(talk, "SE header written to '%s' (%zu bytes)\n", output,
			header.size);
	free(header.bytes);
	return rc;
}

static int run(const void *given, struct cli *cli)
{
	const struct settings *settings = given;
	struct extract_window window = { EXTRACT_SKIP_PAGES, EXTRACT_PAGES };
	bool has_window = settings->skip || settings->length;
	struct error err = { 0 };

	if (!parse_pages(&window.skip, settings->skip) ||
	    !parse_pages(&window.pages, settings->length))
		return cli_usage(cli, "-s and -l take a number of pages, for example 0x14");
	if (extract(settings, has_window ? &window : NULL, cli, &err) < 0)
		return cli_fail(cli, &err);
	return CLI_OK;
}

int main(int argc, char **argv)
{
	const struct cli_verb verbs[] = {
		{ .options = options, .operands = operands,
		  .settings_size = sizeof(struct settings), .run = run },
		{ .run = NULL },
	};
	const struct cli_program program = {
		.name = "pvextract-hdr",
		.summary = "Copy the header of an IBM Secure Execution image into a file",
		.version_text = RELEASE_TEXT("pvextract-hdr"),
		.verbs = verbs,
	};
	int code = cli_main(&program, argc, argv);

	/* Scripts know 1 for every failure. */
	return code == CLI_USAGE ? CLI_FAILURE : code;
}
