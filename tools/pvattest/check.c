/* SPDX-License-Identifier: MIT */
/* pvattest check: does a verified response comply with policies? */
#include <stdlib.h>
#include <string.h>

#include "attestation/result.h"
#include "base/file.h"
#include "pvattest/files.h"
#include "pvattest/hosts.h"
#include "pvattest/store_options.h"
#include "pvattest/verbs.h"

struct settings {
	struct file_pair files;
	struct cli_list keys, key_checks;
	struct store_settings store;
	const char *format, *user_data, *policy;
	bool firmware;
	const char *firmware_version, *firmware_url, *firmware_answer;
};

#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	{ .name = "input", .letter = 'i', .kind = CLI_TEXT, .offset = AT(files.input),
	  .value = "FILE", .help = "Check the response in FILE, in place of IN.",
	  .flags = CLI_FILE },
	{ .name = "output", .letter = 'o', .kind = CLI_TEXT, .offset = AT(files.output),
	  .value = "FILE", .help = "Write the result to FILE, in place of OUT.",
	  .flags = CLI_FILE },
	{ .name = "format", .kind = CLI_TEXT, .offset = AT(format), .value = "FORMAT",
	  .help = "Format of the result. Default is yaml.", .choices = "yaml json" },
	{ .name = "host-key-document", .letter = 'k', .kind = CLI_LIST,
	  .offset = AT(keys), .value = "FILE[,FILE]",
	  .help = "The host key hashes in the response have to be of one of these host "
		  "key documents. Can be given several times. The documents are not "
		  "verified here: see pvverify.",
	  .flags = CLI_FILE },
	{ .name = "host-key-check", .kind = CLI_LIST, .offset = AT(key_checks),
	  .value = "NAME[,NAME]",
	  .help = "The response has to hold the hash of the host key that opened the "
		  "request (att-key-hash) or the image (boot-key-hash). Without this, a "
		  "hash that is not there is not missed.",
	  .needs = "host-key-document" },
	{ .name = "user-data", .letter = 'u', .kind = CLI_TEXT, .offset = AT(user_data),
	  .value = "FILE",
	  .help = "The user data in the response have to be those in FILE.",
	  .flags = CLI_FILE },
	STORE_OPTIONS(struct settings, store),
	{ .name = "policy", .kind = CLI_TEXT, .offset = AT(policy), .value = "FILE",
	  .help = "The response has to comply with the policy in FILE, as 'pvattest "
		  "policy' made it from the image in JSON.",
	  .flags = CLI_FILE },
	{ .name = "firmware", .kind = CLI_FLAG, .offset = AT(firmware),
	  .help = "Ask IBM's service whether the firmware is in a valid state. The "
		  "response has to hold the firmware state." },
	{ .name = "firmware-check-version", .kind = CLI_TEXT,
	  .offset = AT(firmware_version), .value = "N",
	  .help = "Version of the service's interface. Default is 1.",
	  .needs = "firmware", .choices = "1 2" },
	{ .name = "firmware-verify-url", .kind = CLI_TEXT, .offset = AT(firmware_url),
	  .value = "URL",
	  .help = "Ask the service at URL (http or https). Use one that you trust. "
		  "Default is " FIRMWARE_SERVICE ".",
	  .needs = "firmware" },
	{ .name = "firmware-answer", .kind = CLI_TEXT, .offset = AT(firmware_answer),
	  .value = "FILE",
	  .help = "Ask nobody; take the service's answer from FILE.",
	  .needs = "firmware", .conflicts = "firmware-verify-url", .flags = CLI_FILE },
	{ .name = NULL },
};

static const struct cli_operand operands[] = {
	{ .name = "IN", .kind = CLI_TEXT, .offset = AT(files.operands[0]),
	  .help = "The response, as 'pvattest perform' made it.", .flags = CLI_FILE },
	{ .name = "OUT", .kind = CLI_TEXT, .offset = AT(files.operands[1]),
	  .help = "Where the result goes.", .flags = CLI_FILE },
	{ .name = NULL },
};

/* Policies with what they own. */
struct policies {
	struct check_policies given;
	struct check_host *hosts;
	uint8_t *user_data, *store_tags;
	struct policy_rules rules;
	struct firmware_answer firmware;
};

static void policies_free(struct policies *policies)
{
	free(policies->hosts);
	free(policies->user_data);
	free(policies->store_tags);
}

static int take_key_checks(struct check_policies *given, const struct cli_list *names,
			   struct cli *cli)
{
	for (size_t i = 0; i < names->count; i++) {
		if (strcmp(names->items[i], "att-key-hash") == 0)
			given->need_request_hash = true;
		else if (strcmp(names->items[i], "boot-key-hash") == 0)
			given->need_image_hash = true;
		else
			return cli_usage(cli, "--host-key-check: '%s' is none of: att-key-hash boot-key-hash",
					 names->items[i]);
	}
	return CLI_OK;
}

/* Everything but the firmware's answer, which takes a response. */
static int load_policies(struct policies *policies, const struct settings *settings,
			 struct cli *cli, struct error *err)
{
	struct check_policies *given = &policies->given;
	int rc = check_hosts_load(&policies->hosts, &settings->keys, cli_log(cli), err);

	if (rc == 0 && settings->user_data)
		rc = file_read(&policies->user_data, &given->user_size,
			       settings->user_data, EXCHANGE_FILE_LIMIT, err);
	if (rc == 0)
		rc = store_tags_read(&policies->store_tags, &settings->store.requests, err);
	if (rc == 0 && settings->policy)
		rc = policy_read_file(&policies->rules, settings->policy, err);
	if (rc < 0)
		return rc;
	given->rules = settings->policy ? &policies->rules : NULL;
	given->hosts = policies->hosts;
	given->host_count = settings->keys.count;
	given->check_user_data = settings->user_data != NULL;
	given->user_data = policies->user_data;
	given->check_store = settings->store.locked != NULL;
	given->store_locked = given->check_store && settings->store.locked[0] == 't';
	given->store_tags = policies->store_tags;
	given->store_files = settings->store.requests.items;
	given->store_count = settings->store.requests.count;
	given->check_firmware = settings->firmware;
	return 0;
}

static int read_answer(struct firmware_answer *answer, enum firmware_version version,
		       const char *path, struct error *err)
{
	uint8_t *bytes;
	size_t size;
	int rc = file_read(&bytes, &size, path, FIRMWARE_MAX_ANSWER, err);

	if (rc < 0)
		return rc;
	rc = firmware_answer_parse(answer, version, bytes, size, err);
	free(bytes);
	return rc < 0 ? error_wrap(err, rc, "Cannot use '%s'", path) : 0;
}

/* Asks only where there is a state to ask about. */
static int ask_about_firmware(struct policies *policies, const struct settings *settings,
			      const struct attestation_response *response,
			      struct error *err)
{
	enum firmware_version version =
		settings->firmware_version && settings->firmware_version[0] == '2' ?
		FIRMWARE_V2 : FIRMWARE_V1;
	struct additional_data data;
	const uint8_t *state;
	int rc;

	if (!settings->firmware)
		return 0;
	rc = attestation_response_additional(&data, response, err);
	state = data.items[ADDITIONAL_FIRMWARE_STATE];
	if (rc < 0 || !state)
		return rc;
	if (settings->firmware_answer)
		rc = read_answer(&policies->firmware, version,
				 settings->firmware_answer, err);
	else
		rc = firmware_ask(&policies->firmware,
				  settings->firmware_url ? settings->firmware_url :
							   FIRMWARE_SERVICE,
				  version, state, NULL, err);
	policies->given.firmware = &policies->firmware;
	return rc;
}

static void tell(const struct check_result *result, struct cli *cli)
{
	for (size_t i = 0; i < result->issue_count; i++)
		cli_say(cli, "✘ %s", text_chars(&result->issues[i]));
	if (result->issue_count)
		cli_say(cli, "✘ The attestation response does not fulfill all policies");
	else
		cli_say(cli, "✓ The attestation response fulfills all policies");
}

/* Judges @response and writes the result; *@complies is the verdict. */
static int judge(bool *complies, const struct attestation_response *response,
		 const struct check_policies *policies, const struct settings *settings,
		 const char *output, struct cli *cli, struct error *err)
{
	struct check_result result;
	struct text out = { 0 };
	int rc = check_response(&result, response, policies, err);

	if (rc == 0) {
		result_add_check(&out, record_format_named(settings->format), &result,
				 policies, response);
		rc = text_write(output, &out, err);
	}
	if (rc == 0) {
		*complies = result.issue_count == 0;
		tell(&result, cli);
	}
	text_free(&out);
	check_result_free(&result);
	return rc;
}

static int check(bool *complies, const struct settings *settings,
		 struct policies *policies, const struct file_pair *files,
		 struct cli *cli, struct error *err)
{
	struct attestation_response response;
	uint8_t *bytes;
	size_t size;
	int rc = file_read(&bytes, &size, files->input, EXCHANGE_FILE_LIMIT, err);

	if (rc < 0)
		return rc;
	rc = attestation_response_parse(&response, bytes, size, err);
	if (rc < 0)
		error_wrap(err, rc, "Cannot use '%s' as a response", files->input);
	if (rc == 0)
		rc = load_policies(policies, settings, cli, err);
	if (rc == 0)
		rc = ask_about_firmware(policies, settings, &response, err);
	if (rc == 0)
		rc = judge(complies, &response, &policies->given, settings,
			   files->output, cli, err);
	free(bytes);
	return rc;
}

static int run(const void *context, struct cli *cli)
{
	const struct settings *settings = context;
	struct file_pair files = settings->files;
	struct policies policies = { 0 };
	struct error err = { 0 };
	bool complies = false;
	int rc, code = file_pair_settle(&files, cli);

	if (code == CLI_OK)
		code = take_key_checks(&policies.given, &settings->key_checks, cli);
	if (code != CLI_OK)
		return code;
	rc = check(&complies, settings, &policies, &files, cli, &err);
	if (rc == 0 && !check_has_policies(&policies.given))
		log_warn(cli_log(cli), "No policy was given, so none was checked");
	policies_free(&policies);
	if (rc < 0)
		return cli_fail(cli, &err);
	return complies ? CLI_OK : CLI_VERDICT_NO;
}

const struct cli_verb pvattest_check = {
	.name = "check",
	.summary = "Check whether a verified attestation response complies with policies",
	.options = options,
	.operands = operands,
	.settings_size = sizeof(struct settings),
	.run = run,
};
