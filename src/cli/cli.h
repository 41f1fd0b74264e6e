/* SPDX-License-Identifier: MIT */
/*
 * Command lines as tables.
 *
 * A program is a table of verbs, a verb a table of options and operands. From
 * these tables come the parser, --help, the SYNOPSIS and OPTIONS of the man
 * page and the bash completion. A tool's source holds tables and a short
 * run() per verb that calls the library; nothing else parses arguments.
 *
 * Parsed values land in a settings struct of the verb's own, through the
 * offsets in the tables:
 *
 *	struct settings { const char *output; struct cli_list keys; bool force; };
 *	#define AT(field) offsetof(struct settings, field)
 *	static const struct cli_option options[] = {
 *		{ "output", 'o', CLI_TEXT, AT(output), "FILE", "Write to FILE",
 *		  .flags = CLI_REQUIRED | CLI_FILE },
 *		{ "key", 'k', CLI_LIST, AT(keys), "FILE[,FILE]", "Use the keys in FILE" },
 *		{ "force", 0, CLI_FLAG, AT(force), NULL, "Do it anyway" },
 *		{ .name = NULL },
 *	};
 *
 * Further accepted spellings (hidden aliases, what the manual prints) stand in
 * one table for all programs: src/cli/spellings.c.
 */
#ifndef UV_CLI_CLI_H
#define UV_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/log.h"
#include "base/progress.h"

enum cli_exit {
	CLI_OK = 0,
	CLI_FAILURE = 1,
	CLI_USAGE = 2,
	CLI_VERDICT_NO = 3, /* new verbs only: the answer is no */
};

enum cli_kind {
	CLI_FLAG,     /* bool: at most once */
	CLI_COUNT,    /* unsigned: how often given */
	CLI_TEXT,     /* const char *: at most once */
	CLI_OPTIONAL, /* const char *: at most once; value attached with '=', or absent (then "") */
	CLI_LIST,     /* struct cli_list: repeatable, each value split at commas */
	CLI_REPEAT,   /* struct cli_list: repeatable, each value taken whole */
};

struct cli_list {
	const char **items;
	size_t count;
};

enum cli_flags {
	CLI_REQUIRED = 1 << 0,
	CLI_HIDDEN = 1 << 1, /* accepted; not in help, man page, completion */
	CLI_FILE = 1 << 2,   /* the name of a file: not empty, completion offers files */
	CLI_FOLDER = 1 << 3, /* the same for folders */
};

struct cli_option {
	const char *name; /* long name without dashes; NULL ends a table */
	char letter;      /* 0 when there is none */
	enum cli_kind kind;
	size_t offset;
	const char *value;     /* placeholder, NULL for CLI_FLAG and CLI_COUNT */
	const char *help;      /* one or more sentences */
	const char *conflicts; /* names not to be given along, blank separated */
	const char *needs;     /* names that have to be given along, blank separated; a|b = one of them */
	const char *choices;   /* allowed values, blank separated; NULL = any */
	unsigned flags;
};

struct cli_operand {
	const char *name;   /* placeholder; NULL ends a table */
	enum cli_kind kind; /* CLI_TEXT, or CLI_REPEAT as the last one */
	size_t offset;
	const char *help;
	unsigned flags; /* CLI_REQUIRED, CLI_FILE, CLI_FOLDER */
};

struct cli;

struct cli_verb {
	const char *name; /* may be two words ("machine create"); NULL = the program has no verbs */
	const char *summary; /* one line, imperative, no full stop */
	const struct cli_option *options;   /* may be NULL */
	const struct cli_operand *operands; /* may be NULL */
	const char *exactly_one; /* option names of which exactly one has to be given */
	size_t settings_size;
	/* Returns an exit code; use cli_fail() for a struct error. */
	int (*run)(const void *settings, struct cli *cli);
	bool hidden;
	bool operands_after_dashes; /* "--" ends the options and all behind it are operands, untouched */
};

struct cli_program {
	const char *name;
	const char *summary;
	const char *version_text; /* what --version prints, newlines included */
	const struct cli_verb *verbs; /* ended by an entry without run() */
	/* The verb that argv[0] ending in @alias stands for (pvimg: genprotimg -> create). */
	const char *alias;
	const char *alias_verb;
	bool always_verbose; /* pvverify: all remarks are shown, errors as "Error: " with causes */
};

/* Parses, runs, frees; returns the exit code of the process. */
int cli_main(const struct cli_program *program, int argc, char **argv);

/* For run(): where remarks go (honours -v and -q), as "warning: ..." on stderr. */
const struct log *cli_log(struct cli *cli);

/* A progress display on stderr when that is a terminal, else NULL. */
const struct progress *cli_progress(struct cli *cli, const char *what);

/* The run() of a verb that does what --version does. */
int cli_print_version(const void *settings, struct cli *cli);

/* That verb, as the programs that bear IBM's names have it. */
#define CLI_VERSION_VERB                                             \
	{ .name = "version", .summary = "Print the version",         \
	  .run = cli_print_version, .hidden = true }

/* Prints @err as "error: ...", with cause and hint, and returns CLI_FAILURE. */
int cli_fail(struct cli *cli, const struct error *err);

/* Prints a usage error with a pointer to --help, returns CLI_USAGE. */
int cli_usage(struct cli *cli, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A message for the user that -q silences (level warn, plain text on stderr). */
void cli_say(struct cli *cli, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* 0 at the default, +1 for each -v, -1 for each -q. */
int cli_verbosity(const struct cli *cli);

#endif
