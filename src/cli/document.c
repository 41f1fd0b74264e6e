/* SPDX-License-Identifier: MIT */
/*
 * The tables as documentation: scdoc sections for the man page, a completion
 * function for bash. Asked for at build time with --uv-document=KIND.
 */
#include <stdio.h>
#include <string.h>

#include "cli/internal.h"

/* Prints @length characters with scdoc's markup characters escaped. */
static void print_escaped_part(const char *text, size_t length)
{
	for (; length > 0; text++, length--) {
		if (strchr("*_\\#~<", *text))
			putchar('\\');
		putchar(*text);
	}
}

static void print_escaped(const char *text)
{
	print_escaped_part(text, strlen(text));
}

/* Prints @text in lines that linters of man pages find short enough. */
static void print_folded(const char *text, const char *indent)
{
	size_t column = 0;

	while (*text) {
		size_t word = strcspn(text, " ");

		if (column && column + 1 + word > 62) {
			printf("\n");
			column = 0;
		}
		printf("%s", column ? " " : indent);
		/* At the start of a line a dash would begin a list. */
		if (!column && *text == '-')
			putchar('\\');
		print_escaped_part(text, word);
		column += word + (column > 0);
		text += word;
		text += strspn(text, " ");
	}
	printf("\n");
}

static void print_bold(const char *before, const char *text)
{
	printf("*%s", before);
	print_escaped(text);
	printf("*");
}

static void print_value(const char *text)
{
	printf("_");
	print_escaped(text);
	printf("_");
}

static void scdoc_option(const struct cli_option *option)
{
	char letter[2] = { option->letter, '\0' };

	if (option->flags & CLI_HIDDEN)
		return;
	if (option->letter) {
		print_bold("-", letter);
		printf(", ");
	}
	print_bold("--", option->name);
	if (option->kind == CLI_OPTIONAL) {
		printf("[=");
		print_value(option->value);
		printf("]");
	} else if (option->value) {
		printf(" ");
		print_value(option->value);
	}
	printf("\n");
	print_folded(option->help, "\t");
	if (option->choices) {
		printf("\tOne of: ");
		print_escaped(option->choices);
		printf(".\n");
	}
	printf("\n");
}

static void scdoc_usage(const char *program, const struct cli_verb *verb)
{
	print_bold("", program);
	if (verb->name) {
		printf(" ");
		print_bold("", verb->name);
	}
	printf(" [_options_]");
	if (verb->operands_after_dashes)
		printf(" *--*");
	for (const struct cli_operand *o = verb->operands; o && o->name; o++) {
		printf(o->flags & CLI_REQUIRED ? " " : " [");
		print_value(o->name);
		printf("%s%s", o->kind == CLI_REPEAT ? "..." : "",
		       o->flags & CLI_REQUIRED ? "" : "]");
	}
	printf("\n\n");
}

static void scdoc_synopsis(const struct cli_program *program)
{
	for (const struct cli_verb *verb = program->verbs; verb->run; verb++)
		if (!verb->hidden)
			scdoc_usage(program->name, verb);
	if (program->alias)
		for (const struct cli_verb *verb = program->verbs; verb->run; verb++)
			if (verb->name && !strcmp(verb->name, program->alias_verb)) {
				struct cli_verb bare = *verb;

				bare.name = NULL;
				scdoc_usage(program->alias, &bare);
			}
}

static void scdoc_verb(const struct cli_program *program,
		       const struct cli_verb *verb)
{
	if (verb->name) {
		printf("## %s %s\n\n", program->name, verb->name);
		print_folded(verb->summary, "");
		printf("\n");
	}
	for (const struct cli_operand *o = verb->operands; o && o->name; o++) {
		print_value(o->name);
		printf("\n");
		print_folded(o->help, "\t");
		printf("\n");
	}
	for (const struct cli_option *o = verb->options; o && o->name; o++)
		scdoc_option(o);
}

static void scdoc_options(const struct cli_program *program)
{
	bool verbs = program->verbs->name;

	printf("# %s\n\n", verbs ? "COMMANDS" : "OPTIONS");
	for (const struct cli_verb *verb = program->verbs; verb->run; verb++)
		if (!verb->hidden)
			scdoc_verb(program, verb);
	if (verbs)
		printf("# COMMON OPTIONS\n\n");
	for (const struct cli_option *o = cli_global_options; o->name; o++)
		scdoc_option(o);
}

/* --- bash ------------------------------------------------------------------ */

static void bash_words(const struct cli_option *options)
{
	for (; options && options->name; options++)
		if (!(options->flags & CLI_HIDDEN))
			printf(" --%s%s", options->name,
			       options->kind == CLI_OPTIONAL ? "=" : "");
}

/* The case branch that completes the value of the option before the cursor. */
static void bash_values(const struct cli_option *options)
{
	for (; options && options->name; options++) {
		if (options->flags & CLI_HIDDEN || !options->value ||
		    options->kind == CLI_OPTIONAL)
			continue;
		printf("\t\t--%s", options->name);
		if (options->letter)
			printf("|-%c", options->letter);
		if (options->choices)
			printf(") COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return ;;\n",
			       options->choices);
		else if (options->flags & CLI_FOLDER)
			printf(") COMPREPLY=($(compgen -d -- \"$cur\")); return ;;\n");
		else if (options->flags & CLI_FILE)
			printf(") COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n");
		else
			printf(") return ;;\n");
	}
}

static void bash_verb(const struct cli_verb *verb)
{
	printf("\t\"%s\")\n\t\tcase $prev in\n", verb->name ? verb->name : "");
	bash_values(verb->options);
	printf("\t\tesac\n\t\twords='");
	bash_words(verb->options);
	bash_words(cli_global_options);
	printf("' ;;\n");
}

static void bash_function_name(const char *program)
{
	printf("_uv_");
	for (; *program; program++)
		putchar(*program == '-' ? '_' : *program);
}

static void bash_completion(const struct cli_program *program, const char *name,
			    const char *fixed_verb)
{
	bash_function_name(name);
	printf("()\n{\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	       "\tlocal verb='%s' words='' first='' second=''\n", fixed_verb ? fixed_verb : "");
	if (!fixed_verb && program->verbs->name) {
		printf("\tlocal i\n\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		       "\t\t[[ ${COMP_WORDS[i]} == -* ]] && continue\n"
		       "\t\tif [[ -z $first ]]; then first=${COMP_WORDS[i]}\n"
		       "\t\telif [[ -z $second ]]; then second=${COMP_WORDS[i]}; fi\n\tdone\n"
		       "\tcase \"$first $second\" in\n");
		for (const struct cli_verb *v = program->verbs; v->run; v++)
			if (!v->hidden)
				printf("\t\"%s%s verb='%s' ;;\n", v->name,
				       strchr(v->name, ' ') ? "\")" : " \"*)", v->name);
		printf("\tesac\n");
	}
	printf("\tcase $verb in\n");
	for (const struct cli_verb *v = program->verbs; v->run; v++)
		if (!v->hidden && (!fixed_verb || !strcmp(fixed_verb, v->name)))
			bash_verb(v);
	if (program->verbs->name && !fixed_verb) {
		printf("\t'') words='");
		for (const struct cli_verb *v = program->verbs; v->run; v++)
			if (!v->hidden)
				printf(" %s", v->name);
		bash_words(cli_global_options);
		printf("' ;;\n");
	}
	printf("\tesac\n"
	       "\tif [[ $cur == -* || -z $verb && -n '%s' ]]; then\n"
	       "\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	       "\telse\n\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n\tfi\n}\n"
	       "complete -o filenames -F ",
	       program->verbs->name && !fixed_verb ? "verbs" : "");
	bash_function_name(name);
	printf(" %s\n", name);
}

int cli_document(const struct cli *cli, const char *kind)
{
	const struct cli_program *program = cli->program;

	if (strcmp(kind, "summary") == 0) {
		printf("%s\n", program->summary);
	} else if (strcmp(kind, "synopsis") == 0) {
		scdoc_synopsis(program);
	} else if (strcmp(kind, "options") == 0) {
		scdoc_options(program);
	} else if (strcmp(kind, "bash") == 0) {
		bash_completion(program, program->name, NULL);
		if (program->alias)
			bash_completion(program, program->alias, program->alias_verb);
	} else {
		return CLI_USAGE;
	}
	return CLI_OK;
}
