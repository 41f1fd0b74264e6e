/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/internal.h"

/* Is this the start of a character that steers terminals (also of C1, in UTF-8)? */
static bool is_control(const char *at)
{
	unsigned char first = (unsigned char)at[0], second = (unsigned char)at[1];

	return (first < 0x20 && first != '\t' && first != '\n') || first == 0x7f ||
	       (first == 0xc2 && second >= 0x80 && second < 0xa0);
}

/* One line on stderr. Parts of it may come from files and from the network. */
static void print_line(struct cli *cli, const char *label, const char *text)
{
	struct text line = { 0 };

	text_add(&line, label);
	for (const char *at = text; *at; at++)
		text_add_bytes(&line, is_control(at) ? "?" : at, 1);
	text_add(&line, "\n");
	cli_progress_break(cli);
	fputs(text_chars(&line), stderr);
	text_free(&line);
}

static void emit_remark(void *context, enum log_level level, const char *text)
{
	static const char *const labels[] = {
		[LOG_ERROR] = "error: ", [LOG_WARN] = "warning: ",
		[LOG_INFO] = "", [LOG_DEBUG] = "",
	};
	struct cli *cli = context;

	if ((int)level <= LOG_WARN + cli->verbosity)
		print_line(cli, labels[level], text);
}

const struct log *cli_log(struct cli *cli)
{
	return &cli->log;
}

int cli_verbosity(const struct cli *cli)
{
	return cli->verbosity;
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
	print_line(cli, cli->program->always_verbose ? "Error: " : "error: ",
		   err->message);
	if (err->cause[0])
		print_line(cli, "  cause: ", err->cause);
	if (err->hint[0])
		print_line(cli, "  hint: ", err->hint);
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
	cli_progress_break(cli);
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

int cli_print_version(const void *settings, struct cli *cli)
{
	(void)settings;
	fputs(cli->program->version_text, stdout);
	return CLI_OK;
}

static int run_parsed(struct cli *cli)
{
	if (cli->document)
		return cli_document(cli, cli->document);
	if (cli->help) {
		cli_print_help(cli);
		return CLI_OK;
	}
	if (cli->version)
		return cli_print_version(NULL, cli);
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

/*
 * Takes the places of standard streams that were closed: else the next file
 * that is opened would get what is printed. Using them fails, as before.
 */
static void occupy_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int cli_main(const struct cli_program *program, int argc, char **argv)
{
	struct cli cli = { .program = program };
	int code;

	occupy_streams();
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
