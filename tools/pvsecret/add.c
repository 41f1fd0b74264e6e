/* SPDX-License-Identifier: MIT */
/* pvsecret add: hands a request to the ultravisor. */
#include <unistd.h>

#include "pvsecret/in_out.h"
#include "pvsecret/request_file.h"
#include "pvsecret/verbs.h"
#include "secret/store.h"
#include "uvdevice/uvdevice.h"

struct settings {
	const char *input, *operand;
	bool force;
};

#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	{ .name = "input", .letter = 'i', .kind = CLI_TEXT, .offset = AT(input),
	  .value = "FILE", .help = "Add the secret of the request in FILE.",
	  .flags = CLI_FILE },
	{ .name = "force", .letter = 'f', .kind = CLI_FLAG, .offset = AT(force),
	  .help = "Add it although there is a secret with its ID already." },
	{ .name = NULL },
};

static const struct cli_operand operands[] = {
	{ .name = "INPUT", .kind = CLI_TEXT, .offset = AT(operand),
	  .help = "The request, as --input (\"-\": standard input).", .flags = CLI_FILE },
	{ .name = NULL },
};

static int add(const char *input, bool force, struct cli *cli, struct error *err)
{
	struct request_file file;
	int fd, rc = request_file_read(&file, input, err);

	if (rc < 0)
		return rc;
	rc = uvdevice_open(&fd, err);
	if (rc == 0) {
		rc = store_add(fd, &file.asrcb, file.bytes, force, cli_log(cli), err);
		close(fd);
	}
	request_file_free(&file);
	return rc;
}

static int run(const void *given, struct cli *cli)
{
	const struct settings *settings = given;
	const char *input = NULL;
	struct error err = { 0 };
	int code = take_either(&input, settings->input, settings->operand, "input", cli);

	if (code != CLI_OK)
		return code;
	if (add(input, settings->force, cli, &err) < 0)
		return cli_fail(cli, &err);
	cli_say(cli, "Successfully added the secret");
	return CLI_OK;
}

const struct cli_verb pvsecret_add = {
	.name = "add",
	.summary = "Add a secret to the ultravisor (in the guest)",
	.options = options,
	.operands = operands,
	.settings_size = sizeof(struct settings),
	.run = run,
};
