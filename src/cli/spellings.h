/* SPDX-License-Identifier: MIT */
/*
 * Further spellings of long options that are accepted: what the manual or an
 * older tool prints and the shipped tool calls otherwise. They appear in no
 * help text and no completion.
 */
#ifndef UV_CLI_SPELLINGS_H
#define UV_CLI_SPELLINGS_H

struct cli_spelling {
	const char *program;   /* table name ("pvimg"); NULL = any */
	const char *verb;      /* NULL = any */
	const char *spelling;  /* without dashes; with one where it is written with one */
	const char *canonical; /* the name in the verb's table */
	const char *value;     /* that the spelling stands for; NULL = it is given */
};

/* Ended by an entry without a spelling. */
extern const struct cli_spelling cli_spellings[];

#endif
