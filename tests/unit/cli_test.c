/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

struct settings {
	const char *output, *format, *hashes, *input;
	struct cli_list keys, rest;
	unsigned times;
	bool force, no_verify;
};

/* What the last run() saw, as text: the settings die with cli_main(). */
static char seen[512];

static void add_list(const char *label, const struct cli_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		size_t used = strlen(seen);

		snprintf(seen + used, sizeof(seen) - used, "%s=%s;", label,
			 list->items[i]);
	}
}

static int record(const void *given, struct cli *cli)
{
	const struct settings *s = given;

	snprintf(seen, sizeof(seen), "out=%s;format=%s;hashes=%s;in=%s;force=%d;times=%u;v=%d;",
		 s->output ? s->output : "-", s->format ? s->format : "-",
		 s->hashes ? s->hashes : "-", s->input ? s->input : "-",
		 s->force, s->times, cli_verbosity(cli));
	add_list("key", &s->keys);
	add_list("rest", &s->rest);
	return CLI_OK;
}

#define AT(field) offsetof(struct settings, field)
static const struct cli_option make_options[] = {
	{ .name = "output", .letter = 'o', .kind = CLI_TEXT, .offset = AT(output),
	  .value = "FILE", .help = "Write to FILE.", .flags = CLI_REQUIRED | CLI_FILE },
	{ .name = "key", .letter = 'k', .kind = CLI_LIST, .offset = AT(keys),
	  .value = "FILE[,FILE]", .help = "Keys.", .conflicts = "force" },
	{ .name = "cert", .letter = 'C', .kind = CLI_REPEAT, .offset = AT(rest),
	  .value = "FILE", .help = "Certificates.", .needs = "key|times" },
	{ .name = "format", .kind = CLI_TEXT, .offset = AT(format), .value = "F",
	  .help = "Format.", .choices = "text json" },
	{ .name = "key-hashes", .kind = CLI_OPTIONAL, .offset = AT(hashes),
	  .value = "FILE", .help = "Hashes." },
	{ .name = "times", .letter = 't', .kind = CLI_COUNT, .offset = AT(times),
	  .help = "Times." },
	{ .name = "force", .letter = 'f', .kind = CLI_FLAG, .offset = AT(force),
	  .help = "Force." },
	{ .name = NULL },
};
static const struct cli_operand make_operands[] = {
	{ .name = "INPUT", .kind = CLI_TEXT, .offset = AT(input), .help = "Input.",
	  .flags = CLI_REQUIRED },
	{ .name = NULL },
};
static const struct cli_operand run_operands[] = {
	{ .name = "OPTION", .kind = CLI_REPEAT, .offset = AT(rest), .help = "More." },
	{ .name = NULL },
};
static const struct cli_option either_options[] = {
	{ .name = "no-verify", .kind = CLI_FLAG, .offset = AT(no_verify), .help = "x" },
	{ .name = "cert", .kind = CLI_REPEAT, .offset = AT(rest), .value = "F", .help = "x" },
	{ .name = NULL },
};
static const struct cli_verb verbs[] = {
	{ .name = "create", .summary = "Make it", .options = make_options,
	  .operands = make_operands, .settings_size = sizeof(struct settings),
	  .run = record },
	{ .name = "machine run", .summary = "Run it", .operands = run_operands,
	  .settings_size = sizeof(struct settings), .run = record,
	  .operands_after_dashes = true },
	{ .name = "either", .summary = "Choose", .options = either_options,
	  .exactly_one = "no-verify cert", .settings_size = sizeof(struct settings),
	  .run = record },
	{ .name = NULL },
};
static const struct cli_program program = {
	.name = "maker", .summary = "Makes things", .version_text = "maker 1\n",
	.verbs = verbs, .alias = "oldmaker", .alias_verb = "create",
};

/* Runs a command line of blank-separated words; standard error is muted. */
static int call(const char *line)
{
	char *copy = strdup(line), *rest = copy, *word;
	char *argv[32] = { NULL };
	int argc = 0, code, null = open("/dev/null", O_WRONLY);
	int saved = dup(STDERR_FILENO), out = dup(STDOUT_FILENO);

	while ((word = strsep(&rest, " ")))
		argv[argc++] = word;
	seen[0] = '\0';
	fflush(stdout);
	dup2(null, STDERR_FILENO);
	dup2(null, STDOUT_FILENO);
	code = cli_main(&program, argc, argv);
	fflush(stdout);
	dup2(saved, STDERR_FILENO);
	dup2(out, STDOUT_FILENO);
	close(null);
	close(saved);
	close(out);
	free(copy);
	return code;
}

static void values_arrive(void **state)
{
	(void)state;
	assert_int_equal(call("/bin/maker create -o out --key a,b -kc --key=d in"), 0);
	assert_string_equal(seen, "out=out;format=-;hashes=-;in=in;force=0;times=0;v=0;"
				  "key=a;key=b;key=c;key=d;");
	assert_int_equal(call("maker -v create -tt -fo out --format=json in -v"), 0);
	assert_string_equal(seen, "out=out;format=json;hashes=-;in=in;force=1;times=2;v=2;");
	assert_int_equal(call("maker create -o out --key-hashes in"), 0);
	assert_string_equal(seen, "out=out;format=-;hashes=;in=in;force=0;times=0;v=0;");
	assert_int_equal(call("maker create -o out --key-hashes=f -- -in"), 0);
	assert_string_equal(seen, "out=out;format=-;hashes=f;in=-in;force=0;times=0;v=0;");
	assert_int_equal(call("maker create -o - -"), 0);
	assert_int_equal(call("maker create -o=out -k=a,b,c,d,e -k f,g,h,i in"), 0);
	assert_string_equal(seen, "out=out;format=-;hashes=-;in=in;force=0;times=0;v=0;"
				  "key=a;key=b;key=c;key=d;key=e;key=f;key=g;key=h;key=i;");
	assert_int_equal(call("maker create --output=-out in"), 0);
	assert_non_null(strstr(seen, "out=-out;"));
	assert_int_equal(call("maker create -o-out in"), 0);
	assert_non_null(strstr(seen, "out=-out;"));
	assert_int_equal(call("maker create -k x --crt a,b -o o i"), 0);
	assert_non_null(strstr(seen, "rest=a,b;"));
}

static void wrong_lines_are_usage_errors(void **state)
{
	static const char *const lines[] = {
		"maker",                                 /* no verb */
		"maker destroy",                         /* unknown verb */
		"maker machine",                         /* half a verb */
		"maker machine stop",
		"maker create in",                       /* --output is missing */
		"maker create -o out",                   /* INPUT is missing */
		"maker create -o a -o b in",             /* twice */
		"maker create -o",                       /* no value */
		"maker create -o -f in",                 /* no value: another option */
		"maker create -k --output out in",
		"maker create -o  in",                   /* no name of a file */
		"maker create --output= in",
		"maker create -o out --key-hashes= in",
		"maker create -o out --key-hashes --key-hashes=f in",
		"maker create -o out -f --force in",     /* twice */
		"maker create -o out in more",           /* too many operands */
		"maker create -o out --unknown in",
		"maker create -o out -x in",
		"maker create -o out --force=1 in",      /* takes no value */
		"maker create -o out --format xml in",   /* not a choice */
		"maker create -o out -f -k key in",      /* conflict */
		"maker create -o out -C cert in",        /* needs key or times */
		"maker create -o out -k a,,b in",        /* empty name */
		"maker either",                          /* none of two */
		"maker either --no-verify --cert x",     /* both of two */
		"maker machine run -m",                  /* belongs behind -- */
		"maker machine run stray",
		"maker -v create -q -o out in",          /* louder and quieter */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		if (call(lines[i]) != CLI_USAGE)
			fail_msg("accepted: %s", lines[i]);
		assert_string_equal(seen, "");
	}
}

static void relations_that_hold_pass(void **state)
{
	(void)state;
	assert_int_equal(call("maker create -o out -C cert -t in"), 0);
	assert_int_equal(call("maker either --no-verify"), 0);
	assert_int_equal(call("maker either --cert a --cert b"), 0);
}

static void foreign_options_pass_untouched(void **state)
{
	(void)state;
	assert_int_equal(call("maker machine run -- -m 2G --help -v"), 0);
	assert_string_equal(seen, "out=-;format=-;hashes=-;in=-;force=0;times=0;v=0;"
				  "rest=-m;rest=2G;rest=--help;rest=-v;");
}

static void alias_stands_for_its_verb(void **state)
{
	(void)state;
	assert_int_equal(call("/usr/bin/oldmaker -o out in"), 0);
	assert_int_equal(call("oldmaker create -o out in"), CLI_USAGE);
}

static void help_and_version_succeed(void **state)
{
	(void)state;
	assert_int_equal(call("maker --help"), 0);
	assert_int_equal(call("maker create --help"), 0);
	assert_int_equal(call("maker help create"), 0);
	assert_int_equal(call("maker help destroy"), CLI_USAGE);
	assert_int_equal(call("maker --version"), 0);
	assert_int_equal(call("maker -v"), 0);
	assert_int_equal(call("oldmaker --help-all"), 0);
	assert_int_equal(call("maker --uv-document=bash"), 0);
	assert_int_equal(call("maker --uv-document=nonsense"), CLI_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_arrive),
		cmocka_unit_test(wrong_lines_are_usage_errors),
		cmocka_unit_test(relations_that_hold_pass),
		cmocka_unit_test(foreign_options_pass_untouched),
		cmocka_unit_test(alias_stands_for_its_verb),
		cmocka_unit_test(help_and_version_succeed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
