/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cli/internal.h"

#define WIDTH 80
#define INDENT 10

/* Prints @text in lines of at most WIDTH characters, indented. */
static void print_wrapped(const char *text, size_t indent)
{
	size_t column = 0;

	while (*text) {
		size_t word = strcspn(text, " ");

		if (column && column + 1 + word > WIDTH) {
			putchar('\n');
			column = 0;
		}
		if (!column)
			column = (size_t)printf("%*s", (int)indent, "");
		else
			column += (size_t)printf(" ");
		column += (size_t)printf("%.*s", (int)word, text);
		text += word;
		text += strspn(text, " ");
	}
	putchar('\n');
}

static void print_option(const struct cli_option *option)
{
	if (option->flags & CLI_HIDDEN)
		return;
	if (option->letter)
		printf("  -%c, --%s", option->letter, option->name);
	else
		printf("      --%s", option->name);
	if (option->kind == CLI_OPTIONAL)
		printf("[=%s]", option->value);
	else if (option->value)
		printf(" %s", option->value);
	putchar('\n');
	print_wrapped(option->help, INDENT);
	if (option->choices) {
		printf("%*sOne of: %s\n", INDENT, "", option->choices);
	}
}

static void print_options(const struct cli_option *options)
{
	for (; options && options->name; options++)
		print_option(options);
}

static void print_verbs(const struct cli_program *program)
{
	printf("\nCommands:\n");
	for (const struct cli_verb *verb = program->verbs; verb->run; verb++)
		if (!verb->hidden)
			printf("  %-18s %s\n", verb->name, verb->summary);
	printf("\nEach has its own --help.\n");
}

static void print_usage_line(const struct cli *cli)
{
	const struct cli_verb *verb = cli->verb;
	struct text line = { 0 };

	cli_add_full_name(&line, cli);
	if (!verb) {
		text_add(&line, " COMMAND [OPTIONS]");
	} else {
		text_add(&line, " [OPTIONS]");
		if (verb->operands_after_dashes)
			text_add(&line, " --");
		for (const struct cli_operand *o = verb->operands; o && o->name; o++)
			text_addf(&line, o->flags & CLI_REQUIRED ? " %s%s" : " [%s%s]",
				  o->name, o->kind == CLI_REPEAT ? "..." : "");
	}
	printf("Usage: %s\n\n", text_chars(&line));
	text_free(&line);
}

void cli_print_help(const struct cli *cli)
{
	const struct cli_verb *verb = cli->verb;

	print_usage_line(cli);
	print_wrapped(verb && verb->name ? verb->summary : cli->program->summary, 0);
	if (!verb)
		print_verbs(cli->program);
	if (verb && verb->operands && verb->operands->name) {
		printf("\nArguments:\n");
		for (const struct cli_operand *o = verb->operands; o->name; o++) {
			printf("  %s\n", o->name);
			print_wrapped(o->help, INDENT);
		}
	}
	printf("\nOptions:\n");
	if (verb)
		print_options(verb->options);
	print_options(cli_global_options);
}
