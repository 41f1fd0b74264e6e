/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/internal.h"

/* Where the values of the global options go; see take_global(). */
enum { GLOBAL_VERBOSE, GLOBAL_QUIET, GLOBAL_OLD_VERBOSE, GLOBAL_HELP,
       GLOBAL_VERSION, GLOBAL_DOCUMENT };

const struct cli_option cli_global_options[] = {
	{ .name = "verbose", .letter = 'v', .kind = CLI_COUNT, .offset = GLOBAL_VERBOSE,
	  .help = "Say more; may be repeated. As the only argument: print the version." },
	{ .name = "quiet", .letter = 'q', .kind = CLI_COUNT, .offset = GLOBAL_QUIET,
	  .help = "Say less: -q only errors, -qq nothing." },
	{ .name = "V", .letter = 'V', .kind = CLI_COUNT, .offset = GLOBAL_OLD_VERBOSE,
	  .help = "", .flags = CLI_HIDDEN },
	{ .name = "help", .letter = 'h', .kind = CLI_FLAG, .offset = GLOBAL_HELP,
	  .help = "Print this help." },
	{ .name = "version", .kind = CLI_FLAG, .offset = GLOBAL_VERSION,
	  .help = "Print the version." },
	{ .name = "help-all", .kind = CLI_FLAG, .offset = GLOBAL_HELP,
	  .help = "", .flags = CLI_HIDDEN },
	{ .name = "help-experimental", .kind = CLI_FLAG, .offset = GLOBAL_HELP,
	  .help = "", .flags = CLI_HIDDEN },
	{ .name = "uv-document", .kind = CLI_TEXT, .offset = GLOBAL_DOCUMENT,
	  .value = "KIND", .help = "", .flags = CLI_HIDDEN },
	{ .name = NULL },
};

/* The rest of the command line. */
struct arguments {
	char **items;
	int count;
	int next;
};

static char *next_argument(struct arguments *args)
{
	return args->next < args->count ? args->items[args->next++] : NULL;
}

/*
 * The next argument as the value of an option, which was forgotten if that
 * looks like an option itself ("--option=-value" is the way for such values).
 */
static char *next_value(struct arguments *args)
{
	const char *next = args->next < args->count ? args->items[args->next] : NULL;

	return next && next[0] == '-' && next[1] ? NULL : next_argument(args);
}

/* Keeps @memory until the program ends; NULL stays NULL. */
static void *keep(struct cli *cli, void *memory)
{
	void **grown;

	if (!memory)
		return NULL;
	grown = realloc(cli->allocations,
			(cli->allocation_count + 1) * sizeof(*grown));
	if (!grown) {
		free(memory);
		return NULL;
	}
	cli->allocations = grown;
	cli->allocations[cli->allocation_count++] = memory;
	return memory;
}

static int no_memory(struct cli *cli)
{
	return cli_usage(cli, "out of memory");
}

/* Does the blank-separated @list hold @name? */
static bool list_has(const char *list, const char *name)
{
	size_t length = strlen(name);

	while (list && *list) {
		size_t word = strcspn(list, " ");

		if (word == length && memcmp(list, name, length) == 0)
			return true;
		list += word;
		list += strspn(list, " ");
	}
	return false;
}

/* --- one value ------------------------------------------------------------ */

static int list_append(struct cli *cli, struct cli_list *list, const char *item)
{
	/* An array has room for a power of two: is it full? */
	if ((list->count & (list->count - 1)) == 0) {
		size_t room = list->count ? 2 * list->count : 1;
		/* The old one is kept, too: one owner is simpler. */
		const char **grown = keep(cli, calloc(room, sizeof(*grown)));

		if (!grown)
			return no_memory(cli);
		if (list->count)
			memcpy(grown, list->items, list->count * sizeof(*grown));
		list->items = grown;
	}
	list->items[list->count++] = item;
	return CLI_OK;
}

static int list_append_split(struct cli *cli, struct cli_list *list,
			     const char *name, const char *value)
{
	char *copy = keep(cli, strdup(value)), *item;

	if (!copy)
		return no_memory(cli);
	while ((item = strsep(&copy, ","))) {
		int code;

		if (!*item)
			return cli_usage(cli, "--%s: empty name in '%s'", name, value);
		code = list_append(cli, list, item);
		if (code != CLI_OK)
			return code;
	}
	return CLI_OK;
}

static int needs_value(struct cli *cli, const struct cli_option *option)
{
	return cli_usage(cli, "--%s needs a value: %s", option->name, option->value);
}

static int store(struct cli *cli, const struct cli_option *option,
		 const char *value)
{
	char *field = (char *)cli->settings + option->offset;
	bool *given = &cli->given[option - cli->verb->options];

	if (*given && (option->kind == CLI_FLAG || option->kind == CLI_TEXT ||
		       option->kind == CLI_OPTIONAL))
		return cli_usage(cli, "--%s may be given only once", option->name);
	if (option->kind == CLI_TEXT && !*value && (option->flags & (CLI_FILE | CLI_FOLDER)))
		return needs_value(cli, option);
	*given = true;
	if (option->choices && !list_has(option->choices, value))
		return cli_usage(cli, "--%s: '%s' is none of: %s", option->name,
				 value, option->choices);
	switch (option->kind) {
	case CLI_FLAG:
		*(bool *)field = true;
		return CLI_OK;
	case CLI_COUNT:
		++*(unsigned *)field;
		return CLI_OK;
	case CLI_TEXT:
	case CLI_OPTIONAL:
		*(const char **)field = value;
		return CLI_OK;
	case CLI_LIST:
		return list_append_split(cli, (struct cli_list *)field,
					 option->name, value);
	case CLI_REPEAT:
		return list_append(cli, (struct cli_list *)field, value);
	}
	return CLI_OK;
}

static int take_global(struct cli *cli, const struct cli_option *option,
		       const char *value)
{
	switch (option->offset) {
	case GLOBAL_VERBOSE:
		cli->louder = true;
		cli->verbosity++;
		break;
	case GLOBAL_OLD_VERBOSE:
		cli->louder = cli->old_verbose = true;
		cli->verbosity++;
		break;
	case GLOBAL_QUIET:
		cli->quieter = true;
		cli->verbosity--;
		break;
	case GLOBAL_HELP:
		cli->help = true;
		break;
	case GLOBAL_VERSION:
		cli->version = true;
		break;
	case GLOBAL_DOCUMENT:
		cli->document = value;
		break;
	}
	return CLI_OK;
}

/* --- one option ----------------------------------------------------------- */

static bool takes_value(const struct cli_option *option)
{
	return option->kind == CLI_TEXT || option->kind == CLI_LIST ||
	       option->kind == CLI_REPEAT;
}

static const struct cli_option *find_long(const struct cli_option *options,
					  const char *name, size_t length)
{
	for (; options && options->name; options++)
		if (strlen(options->name) == length &&
		    memcmp(options->name, name, length) == 0)
			return options;
	return NULL;
}

static const struct cli_option *find_letter(const struct cli_option *options,
					    char letter)
{
	for (; options && options->name; options++)
		if (options->letter == letter)
			return options;
	return NULL;
}

static const struct cli_spelling *find_spelling(const struct cli *cli,
						const char *name, size_t length)
{
	return cli_spelling(cli->program->name, cli->verb ? cli->verb->name : NULL,
			    name, length);
}

/*
 * The verb's own options come first: they may use a global letter otherwise.
 * *@implied is the value that a spelling stands for, or NULL.
 */
static const struct cli_option *look_up(const struct cli *cli, const char *name,
					size_t length, bool *global,
					const char **implied)
{
	const struct cli_option *own = cli->verb ? cli->verb->options : NULL;
	const struct cli_option *option = find_long(own, name, length);
	const struct cli_spelling *other;

	*global = false;
	*implied = NULL;
	if (option)
		return option;
	other = find_spelling(cli, name, length);
	if (other && (option = find_long(own, other->canonical, strlen(other->canonical)))) {
		*implied = other->value;
		return option;
	}
	*global = true;
	/* "V" exists only as a letter. */
	return length > 1 ? find_long(cli_global_options, name, length) : NULL;
}

static int take_long(struct cli *cli, const char *text, struct arguments *args)
{
	size_t length = strcspn(text, "=");
	const char *value = text[length] ? text + length + 1 : NULL, *implied;
	const struct cli_option *option;
	bool global;

	option = look_up(cli, text, length, &global, &implied);
	if (!option)
		return cli_usage(cli, "unknown option '--%.*s'", (int)length, text);
	if (value && ((!takes_value(option) && option->kind != CLI_OPTIONAL) || implied))
		return cli_usage(cli, "--%.*s takes no value", (int)length, text);
	if (implied)
		value = implied;
	if (takes_value(option) && !value)
		value = next_value(args);
	if (option->kind == CLI_OPTIONAL && !value)
		value = "";
	else if (option->value && (!value || (option->kind == CLI_OPTIONAL && !*value)))
		return needs_value(cli, option);
	return global ? take_global(cli, option, value)
		      : store(cli, option, value);
}

/* A cluster of one-letter options; the first that takes a value ends it. */
static int take_letters(struct cli *cli, const char *letters,
			struct arguments *args)
{
	for (; *letters; letters++) {
		const struct cli_option *own =
			find_letter(cli->verb ? cli->verb->options : NULL, *letters);
		const struct cli_option *option =
			own ? own : find_letter(cli_global_options, *letters);
		const char *value = NULL;
		int code;

		if (!option)
			return cli_usage(cli, "unknown option '-%c'", *letters);
		if (takes_value(option)) {
			value = letters[1] ? letters + 1 : next_value(args);
			if (!value)
				return needs_value(cli, option);
			if (letters[1] && *value == '=')
				value++;
		} else if (option->kind == CLI_OPTIONAL) {
			value = "";
		}
		code = own ? store(cli, option, value)
			   : take_global(cli, option, value);
		if (code != CLI_OK || takes_value(option))
			return code;
	}
	return CLI_OK;
}

/* --- verb and operands ---------------------------------------------------- */

/* Matches one- and two-word verbs; returns how many words it has, 0 = no match. */
static int verb_words(const struct cli_verb *verb, const char *first,
		      const char *second)
{
	const char *blank = strchr(verb->name, ' ');

	if (!blank)
		return strcmp(verb->name, first) == 0;
	if (second && strlen(first) == (size_t)(blank - verb->name) &&
	    memcmp(verb->name, first, strlen(first)) == 0 &&
	    strcmp(blank + 1, second) == 0)
		return 2;
	return 0;
}

static int select_verb(struct cli *cli, const struct cli_verb *verb)
{
	size_t options = 0;

	while (verb->options && verb->options[options].name)
		options++;
	cli->verb = verb;
	cli->given = keep(cli, calloc(options + 1, sizeof(*cli->given)));
	cli->settings = keep(cli, calloc(1, verb->settings_size + 1));
	return cli->given && cli->settings ? CLI_OK : no_memory(cli);
}

/* The two-word verbs that start with @first, for the message. */
static int say_second_words(struct cli *cli, const char *first)
{
	struct text list = { 0 };
	size_t length = strlen(first);
	int code;

	for (const struct cli_verb *verb = cli->program->verbs; verb->run; verb++)
		if (verb->name && strncmp(verb->name, first, length) == 0 &&
		    verb->name[length] == ' ')
			text_addf(&list, "%s%s", list.length ? ", " : "",
				  verb->name + length + 1);
	if (list.length)
		code = cli_usage(cli, "'%s' is followed by one of: %s", first,
				 text_chars(&list));
	else
		code = cli_usage(cli, "unknown command '%s'", first);
	text_free(&list);
	return code;
}

static int take_verb(struct cli *cli, const char *first, struct arguments *args)
{
	const char *second =
		args->next < args->count ? args->items[args->next] : NULL;

	for (const struct cli_verb *verb = cli->program->verbs; verb->run; verb++) {
		int words = verb_words(verb, first, second);

		if (words == 0)
			continue;
		args->next += words - 1;
		return select_verb(cli, verb);
	}
	if (strcmp(first, "help") == 0) {
		cli->help = true;
		return CLI_OK;
	}
	return say_second_words(cli, first);
}

static int take_operand(struct cli *cli, const char *value, size_t *position)
{
	const struct cli_operand *operand = cli->verb->operands;
	size_t index = 0;
	char *field;

	if (!operand || !operand->name)
		return cli_usage(cli, "unexpected argument '%s'", value);
	while (index < *position && operand[1].name) {
		operand++;
		index++;
	}
	if (index < *position && operand->kind != CLI_REPEAT)
		return cli_usage(cli, "unexpected argument '%s'", value);
	++*position;
	field = (char *)cli->settings + operand->offset;
	if (operand->kind == CLI_REPEAT)
		return list_append(cli, (struct cli_list *)field, value);
	*(const char **)field = value;
	return CLI_OK;
}

/* --- rules over all that was given ---------------------------------------- */

static bool is_given(const struct cli *cli, const char *name, size_t length)
{
	const struct cli_option *option =
		find_long(cli->verb->options, name, length);

	return option && cli->given[option - cli->verb->options];
}

/* Is one of the names in "a|b" given? */
static bool any_given(const struct cli *cli, const char *names, size_t length)
{
	while (length > 0) {
		size_t word = 0;

		while (word < length && names[word] != '|')
			word++;
		if (is_given(cli, names, word))
			return true;
		if (word == length)
			break;
		names += word + 1;
		length -= word + 1;
	}
	return false;
}

static int check_relations(struct cli *cli, const struct cli_option *option)
{
	const char *word = option->conflicts;
	size_t length;

	for (; word && *word; word += length + strspn(word + length, " ")) {
		length = strcspn(word, " ");
		if (is_given(cli, word, length))
			return cli_usage(cli, "--%s cannot be used with --%.*s",
					 option->name, (int)length, word);
	}
	word = option->needs;
	for (; word && *word; word += length + strspn(word + length, " ")) {
		length = strcspn(word, " ");
		if (!any_given(cli, word, length))
			return cli_usage(cli, "--%s needs --%.*s as well",
					 option->name, (int)length, word);
	}
	return CLI_OK;
}

static int check_exactly_one(struct cli *cli)
{
	const char *word = cli->verb->exactly_one;
	struct text names = { 0 };
	unsigned count = 0;
	int code = CLI_OK;
	size_t length;

	if (!word)
		return CLI_OK;
	for (; *word; word += length + strspn(word + length, " ")) {
		length = strcspn(word, " ");
		count += is_given(cli, word, length);
		text_addf(&names, "%s--%.*s", names.length ? ", " : "",
			  (int)length, word);
	}
	if (count != 1)
		code = cli_usage(cli, "%s of these options is required: %s",
				 count ? "only one" : "one", text_chars(&names));
	text_free(&names);
	return code;
}

static int check_rules(struct cli *cli, size_t operands)
{
	const struct cli_option *option = cli->verb->options;
	const struct cli_operand *operand = cli->verb->operands;
	int code;

	for (; option && option->name; option++) {
		bool given = cli->given[option - cli->verb->options];

		if (!given && (option->flags & CLI_REQUIRED))
			return cli_usage(cli, "option --%s is required", option->name);
		if (given && (code = check_relations(cli, option)) != CLI_OK)
			return code;
	}
	code = check_exactly_one(cli);
	if (code != CLI_OK)
		return code;
	for (size_t i = 0; operand && operand[i].name; i++)
		if (i >= operands && (operand[i].flags & CLI_REQUIRED))
			return cli_usage(cli, "argument %s is required",
					 operand[i].name);
	return CLI_OK;
}

/* --- all of it ------------------------------------------------------------- */

static int take_argument(struct cli *cli, const char *text,
			 struct arguments *args, size_t *operands, bool *ended)
{
	if (!*ended && strcmp(text, "--") == 0) {
		*ended = true;
		return CLI_OK;
	}
	if (!*ended && strncmp(text, "--", 2) == 0)
		return take_long(cli, text + 2, args);
	/* A long name that is written with one dash. */
	if (!*ended && text[0] == '-' && find_spelling(cli, text, strcspn(text, "=")))
		return take_long(cli, text, args);
	if (!*ended && text[0] == '-' && text[1])
		return take_letters(cli, text + 1, args);
	if (!cli->verb)
		return take_verb(cli, text, args);
	if (cli->verb->operands_after_dashes && !*ended && !cli->help)
		return cli_usage(cli, "unexpected argument '%s' (put '--' before what is not %s's own)",
				 text, cli->program->name);
	return take_operand(cli, text, operands);
}

static int start_verb(struct cli *cli)
{
	const struct cli_verb *verb = cli->program->verbs;

	if (cli->aliased)
		while (verb->run && strcmp(verb->name, cli->program->alias_verb))
			verb++;
	else if (verb->name)
		return CLI_OK;
	return select_verb(cli, verb);
}

int cli_parse(struct cli *cli, int argc, char **argv)
{
	struct arguments args = { .items = argv, .count = argc, .next = 1 };
	size_t operands = 0;
	bool ended = false;
	const char *text;
	int code = start_verb(cli);

	if (argc == 2 && strcmp(argv[1], "-v") == 0) {
		cli->version = true;
		return code;
	}
	while (code == CLI_OK && (text = next_argument(&args)))
		code = take_argument(cli, text, &args, &operands, &ended);
	if (code != CLI_OK || cli->help || cli->version || cli->document)
		return code;
	if (cli->louder && cli->quieter)
		return cli_usage(cli, "--quiet cannot be used with --verbose");
	if (!cli->verb)
		return cli_usage(cli, "a command is required");
	return check_rules(cli, operands);
}
