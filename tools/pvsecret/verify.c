/* SPDX-License-Identifier: MIT */
/* pvsecret verify: is the request from its owner? */
#include <openssl/evp.h>

#include "base/file.h"
#include "pvsecret/in_out.h"
#include "pvsecret/request_file.h"
#include "pvsecret/verbs.h"
#include "secret/key_file.h"

struct settings {
	const char *input, *input_operand;
	const char *output, *output_operand;
	const char *certificate;
};

#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	{ .name = "input", .letter = 'i', .kind = CLI_TEXT, .offset = AT(input),
	  .value = "FILE", .help = "Verify the request in FILE.", .flags = CLI_FILE },
	{ .name = "output", .letter = 'o', .kind = CLI_TEXT, .offset = AT(output),
	  .value = "FILE",
	  .help = "Write the verified user data to FILE instead of standard output.",
	  .flags = CLI_FILE },
	{ .name = "user-cert", .kind = CLI_TEXT, .offset = AT(certificate),
	  .value = "FILE",
	  .help = "Demand a signature by the key of this certificate (PEM or DER). The "
		  "certificate itself is taken as it is.",
	  .flags = CLI_FILE },
	{ .name = NULL },
};

static const struct cli_operand operands[] = {
	{ .name = "INPUT", .kind = CLI_TEXT, .offset = AT(input_operand),
	  .help = "The request, as --input (\"-\": standard input).", .flags = CLI_FILE },
	{ .name = "OUTPUT", .kind = CLI_TEXT, .offset = AT(output_operand),
	  .help = "As --output (\"-\": standard output).", .flags = CLI_FILE },
	{ .name = NULL },
};

static int verify_with(const char *output, const struct asrcb *asrcb, EVP_PKEY *key,
		       struct error *err)
{
	const uint8_t *data;
	size_t size;
	int rc = asrcb_verify_user_data(&data, &size, asrcb, key, err);

	if (rc < 0)
		return error_wrap(err, rc, "Could not verify the add-secret request");
	if (size == 0)
		return 0;
	return file_write(output, data, size, OUTFILE_REPLACE, file_default_mode(), err);
}

static int verify(const char *input, const char *output, const char *certificate,
		  struct error *err)
{
	struct request_file file;
	EVP_PKEY *key = NULL;
	int rc = request_file_read(&file, input, err);

	if (rc < 0)
		return rc;
	if (certificate)
		rc = key_file_read_certificate(&key, certificate, err);
	if (rc == 0)
		rc = verify_with(output, &file.asrcb, key, err);
	EVP_PKEY_free(key);
	request_file_free(&file);
	return rc;
}

static int run(const void *given, struct cli *cli)
{
	const struct settings *settings = given;
	const char *input = NULL, *output = "-";
	struct error err = { 0 };
	int code = take_either(&input, settings->input, settings->input_operand, "input", cli);

	if (code == CLI_OK)
		code = take_either(&output, settings->output, settings->output_operand,
				   "output", cli);
	if (code != CLI_OK)
		return code;
	if (verify(input, output, settings->certificate, &err) < 0)
		return cli_fail(cli, &err);
	cli_say(cli, "Successfully verified the request.");
	return CLI_OK;
}

const struct cli_verb pvsecret_verify = {
	.name = "verify",
	.summary = "Verify that a request is by its owner, and take out the user data",
	.options = options,
	.operands = operands,
	.settings_size = sizeof(struct settings),
	.run = run,
};
