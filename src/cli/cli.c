/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/internal.h"

static void emit_remark(void *context, enum log_level level, const char *text)
{
	static const char *const labels[] = {
		[LOG_ERROR] = "error: ", [LOG_WARN] = "warning: ",
		[LOG_INFO] = "", [LOG_DEBUG] = "",
	};
	const struct cli *cli = context;

	if ((int)level <= LOG_WARN + cli->verbosity)
		fprintf(stderr, "%s%s\n", labels[level], text);
}

const struct log *cli_log(struct cli *cli)
{
	return &cli->log;
}

int cli_verbosity(const struct cli *cli)
{
	return cli->verbosity;
}

const char *cli_program_name(const struct cli *cli)
{
	return cli->name;
}

const struct progress *cli_progress(struct cli *cli, const char *what)
{
	cli_progress_start(cli, what);
	return cli->progress.update ? &cli->progress : NULL;
}

int cli_fail(struct cli *cli, const struct error *err)
{
	if (cli->verbosity < -1)
		return CLI_FAILURE;
	fprintf(stderr, "%s: %s\n",
		cli->program->always_verbose ? "Error" : "error", err->message);
	if (err->cause[0])
		fprintf(stderr, "  cause: %s\n", err->cause);
	if (err->hint[0])
		fprintf(stderr, "  hint: %s\n", err->hint);
	return CLI_FAILURE;
}

int cli_usage(struct cli *cli, const char *format, ...)
{
	struct text name = { 0 };
	va_list ap;

	fputs("error: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	cli_add_full_name(&name, cli);
	fprintf(stderr, "\nTry '%s --help' for the options.\n",
		text_chars(&name));
	text_free(&name);
	return CLI_USAGE;
}

void cli_say(struct cli *cli, const char *format, ...)
{
	va_list ap;

	if (cli->verbosity < 0)
		return;
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void cli_add_full_name(struct text *out, const struct cli *cli)
{
	text_add(out, cli->aliased ? cli->program->alias : cli->program->name);
	if (!cli->aliased && cli->verb && cli->verb->name)
		text_addf(out, " %s", cli->verb->name);
}

static bool ends_with(const char *string, const char *ending)
{
	size_t length = strlen(string), tail = strlen(ending);

	return length >= tail && strcmp(string + length - tail, ending) == 0;
}

static void name_from(struct cli *cli, const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	cli->name = slash ? slash + 1 : path ? path : cli->program->name;
	cli->aliased = cli->program->alias &&
		       ends_with(cli->name, cli->program->alias);
}

static int run_parsed(struct cli *cli)
{
	if (cli->document)
		return cli_document(cli, cli->document);
	if (cli->help) {
		cli_print_help(cli);
		return CLI_OK;
	}
	if (cli->version) {
		fputs(cli->program->version_text, stdout);
		return CLI_OK;
	}
	if (cli->old_verbose)
		cli_say(cli, "WARNING: Use of deprecated flag '-V'. Use '-v' or '--verbose' instead.");
	return cli->verb->run(cli->settings, cli);
}

/* What was printed has to have arrived before the exit code says so. */
static int finish_output(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	fprintf(stderr, "error: Cannot write to standard output\n  cause: %s\n",
		strerror(errno));
	return code == CLI_OK ? CLI_FAILURE : code;
}

int cli_main(const struct cli_program *program, int argc, char **argv)
{
	struct cli cli = { .program = program };
	int code;

	cli.log = (struct log){ .emit = emit_remark, .context = &cli };
	cli.verbosity = program->always_verbose ? LOG_DEBUG - LOG_WARN : 0;
	name_from(&cli, argc > 0 ? argv[0] : NULL);
	code = cli_parse(&cli, argc, argv);
	if (code == CLI_OK)
		code = finish_output(run_parsed(&cli));
	for (size_t i = 0; i < cli.allocation_count; i++)
		free(cli.allocations[i]);
	free(cli.allocations);
	return code;
}
