/* SPDX-License-Identifier: MIT */
/* pvattest verify: does the response come from a guest that runs this image? */
#include <stdlib.h>
#include <string.h>

#include "attestation/result.h"
#include "base/file.h"
#include "pvattest/files.h"
#include "pvattest/verbs.h"

struct settings {
	const char *input, *output, *hdr, *policy, *arpk, *format, *user_data;
};

#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	{ .name = "input", .letter = 'i', .kind = CLI_TEXT, .offset = AT(input),
	  .value = "FILE", .help = "Verify the response in FILE.",
	  .flags = CLI_REQUIRED | CLI_FILE },
	{ .name = "hdr", .kind = CLI_TEXT, .offset = AT(hdr), .value = "FILE",
	  .help = "The image that the guest should run, or the header taken from it "
		  "with pvextract-hdr.",
	  .flags = CLI_FILE },
	{ .name = "policy", .kind = CLI_TEXT, .offset = AT(policy), .value = "FILE",
	  .help = "Know the image by its policy in FILE, as 'pvattest policy' made it in "
		  "JSON. Whether the rest of the policy is fulfilled, 'pvattest "
		  "check' tells.",
	  .flags = CLI_FILE },
	{ .name = "arpk", .letter = 'a', .kind = CLI_TEXT, .offset = AT(arpk),
	  .value = "FILE",
	  .help = "The request protection key, as 'pvattest create' wrote it.",
	  .flags = CLI_REQUIRED | CLI_FILE },
	{ .name = "output", .letter = 'o', .kind = CLI_TEXT, .offset = AT(output),
	  .value = "FILE",
	  .help = "Write what the verified response says to FILE. With it, pvsecret can "
		  "bind secrets to this instance of the guest.",
	  .flags = CLI_FILE },
	{ .name = "format", .kind = CLI_TEXT, .offset = AT(format), .value = "FORMAT",
	  .help = "Format of that file. Default is yaml.", .choices = "yaml json" },
	{ .name = "user-data", .letter = 'u', .kind = CLI_TEXT, .offset = AT(user_data),
	  .value = "FILE", .help = "Write the verified user data to FILE.",
	  .flags = CLI_FILE },
	{ .name = NULL },
};

static int write_record(const struct settings *settings,
			const struct attestation_response *response,
			const struct additional_data *data, struct error *err)
{
	struct text out = { 0 };
	int rc;

	if (!settings->output)
		return 0;
	result_add_record(&out, record_format_named(settings->format), response, data);
	rc = text_write(settings->output, &out, err);
	text_free(&out);
	return rc;
}

static int write_user_data(const struct settings *settings,
			   const struct exchange_blob *user_data, struct cli *cli,
			   struct error *err)
{
	if (!settings->user_data)
		return 0;
	if (!user_data->size) {
		log_warn(cli_log(cli), "The response holds no user data; '%s' is not written",
			 settings->user_data);
		return 0;
	}
	return file_write(settings->user_data, user_data->bytes, user_data->size,
			  OUTFILE_REPLACE, file_default_mode(), err);
}

/* The response is to be believed. */
static int tell(const struct settings *settings,
		const struct attestation_response *response, struct cli *cli,
		struct error *err)
{
	struct additional_data data;
	struct text out = { 0 };
	int rc = attestation_response_additional(&data, response, err);

	if (rc == 0)
		rc = write_record(settings, response, &data, err);
	if (rc == 0)
		rc = write_user_data(settings, &response->exchange.user_data, cli, err);
	if (rc < 0)
		return rc;
	cli_say(cli, "Attestation measurement verified");
	result_add_text(&out, response, &data);
	cli_say(cli, "%s", text_chars(&out));
	text_free(&out);
	return 0;
}

static int load_image(struct image_tags *image, const struct settings *settings,
		      struct cli *cli, struct error *err)
{
	struct policy_rules rules;
	int rc;

	if (settings->hdr)
		return image_tags_read(image, settings->hdr, cli_log(cli), err);
	rc = policy_read_file(&rules, settings->policy, err);
	*image = rules.image;
	return rc;
}

static int verify(const struct settings *settings, const void *bytes, size_t size,
		  struct cli *cli, struct error *err)
{
	struct attestation_response response;
	struct image_tags image;
	struct secret *key;
	int rc = attestation_response_parse(&response, bytes, size, err);

	if (rc < 0)
		return error_wrap(err, rc, "Cannot use '%s' as a response", settings->input);
	rc = load_image(&image, settings, cli, err);
	if (rc < 0)
		return rc;
	rc = secret_read_file(&key, settings->arpk, GCM_KEY_SIZE, err);
	if (rc < 0)
		return error_wrap(err, rc, "Invalid attestation request protection key");
	rc = attestation_response_verify(&response, &image, secret_view(key), err);
	secret_free(key);
	return rc < 0 ? rc : tell(settings, &response, cli, err);
}

static int run(const void *given, struct cli *cli)
{
	const struct settings *settings = given;
	struct error err = { 0 };
	uint8_t *bytes;
	size_t size;
	int rc = file_read(&bytes, &size, settings->input, EXCHANGE_FILE_LIMIT, &err);

	if (rc < 0)
		return cli_fail(cli, &err);
	rc = verify(settings, bytes, size, cli, &err);
	free(bytes);
	if (rc == 0)
		return CLI_OK;
	if (rc == ERR_REFUSED)
		error_wrap(&err, rc, "Attestation measurement verification failed");
	cli_fail(cli, &err);
	return rc == ERR_REFUSED ? CLI_VERDICT_NO : CLI_FAILURE;
}

const struct cli_verb pvattest_verify = {
	.name = "verify",
	.summary = "Verify an attestation response",
	.options = options,
	.exactly_one = "hdr policy",
	.settings_size = sizeof(struct settings),
	.run = run,
};
