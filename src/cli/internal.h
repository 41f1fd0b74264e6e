/* SPDX-License-Identifier: MIT */
/* What the files of this folder share; nobody else includes it. */
#ifndef UV_CLI_INTERNAL_H
#define UV_CLI_INTERNAL_H

#include "base/text.h"
#include "cli/cli.h"
#include "cli/spellings.h"

struct cli {
	const struct cli_program *program;
	const char *name; /* argv[0] without folders */
	bool aliased;     /* called by the program's alias: no verb on the command line */
	const struct cli_verb *verb;
	int verbosity;
	bool help, version, old_verbose, louder, quieter;
	const char *document; /* what --uv-document asks for, or NULL */

	bool *given; /* by index in the verb's option table */
	void *settings;
	void **allocations; /* strings and arrays that live as long as the settings */
	size_t allocation_count;

	struct log log;
	struct progress progress;
	const char *progress_what;
	double progress_start, progress_shown;
	bool progress_open; /* its line on the terminal is not ended */
};

/* The options that every verb of every program has; named like the others. */
extern const struct cli_option cli_global_options[];

/*
 * Reads argv[1..] into @cli: globals, verb, settings. Returns CLI_OK, or
 * CLI_USAGE after having said on stderr what is wrong.
 */
int cli_parse(struct cli *cli, int argc, char **argv);

/* What a further accepted @spelling stands for, or NULL. */
const struct cli_spelling *cli_spelling(const char *program, const char *verb,
					const char *spelling, size_t length);

/* "pvimg create", or only the program where there is no verb. */
void cli_add_full_name(struct text *out, const struct cli *cli);

void cli_print_help(const struct cli *cli);

/* The tables as scdoc ("synopsis", "options") or "bash"; CLI_USAGE if unknown. */
int cli_document(const struct cli *cli, const char *kind);

/* Sets up the progress display of @cli. */
void cli_progress_start(struct cli *cli, const char *what);

/* Ends the line of the progress display, for something else to be printed. */
void cli_progress_break(struct cli *cli);

#endif
