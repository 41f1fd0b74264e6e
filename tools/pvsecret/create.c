/* SPDX-License-Identifier: MIT */
#include "pvsecret/create.h"

#include <stdlib.h>
#include <string.h>

#include "pvsecret/verbs.h"
#include "uvinfo/uvinfo.h"

#define AT(field) offsetof(struct create_settings, field)

static const struct cli_option options[] = {
	HOSTKEY_OPTIONS(struct create_settings, hostkey),
	{ .name = "hdr", .kind = CLI_TEXT, .offset = AT(header), .value = "FILE",
	  .help = "Bind the request to this image, or to the image that this Secure "
		  "Execution header is from.",
	  .flags = CLI_REQUIRED | CLI_FILE },
	{ .name = "output", .letter = 'o', .kind = CLI_TEXT, .offset = AT(output),
	  .value = "FILE", .help = "Write the request to FILE (\"-\": standard output).",
	  .flags = CLI_REQUIRED | CLI_FILE },
	{ .name = "force", .letter = 'f', .kind = CLI_FLAG, .offset = AT(force),
	  .help = "Make the request even on a protected guest, where the secret is seen "
		  "by the guest that it is hidden from otherwise." },
	{ .name = "extension-secret", .kind = CLI_TEXT, .offset = AT(extension_secret),
	  .value = "FILE",
	  .help = "Use the 32 bytes in FILE as extension secret. The guest's first request "
		  "decides which one all later requests need.",
	  .conflicts = "cck", .flags = CLI_FILE },
	{ .name = "cck", .kind = CLI_TEXT, .offset = AT(cck), .value = "FILE",
	  .help = "Derive the extension secret from the 32 bytes in FILE, the customer "
		  "communication key that the image was made with.",
	  .flags = CLI_FILE },
	{ .name = "cuid-hex", .kind = CLI_TEXT, .offset = AT(cuid_hex), .value = "HEX",
	  .help = "Bind the request to the guest instance with this configuration unique "
		  "ID: 32 hexadecimal digits.",
	  .conflicts = "cuid" },
	{ .name = "cuid", .kind = CLI_TEXT, .offset = AT(cuid), .value = "FILE",
	  .help = "The same with the ID in FILE: 16 bytes, or YAML as pvattest verify "
		  "writes it.",
	  .flags = CLI_FILE },
	{ .name = "flags", .kind = CLI_LIST, .offset = AT(flags), .value = "FLAG",
	  .help = "disable-dump: the host gets no dump of this guest instance any more.",
	  .choices = "disable-dump" },
	{ .name = "pcf", .kind = CLI_TEXT, .offset = AT(pcf), .value = "HEX",
	  .help = "Use this hexadecimal word as flags.",
	  .conflicts = "flags", .flags = CLI_HIDDEN },
	{ .name = "user-data", .kind = CLI_TEXT, .offset = AT(user_data), .value = "FILE",
	  .help = "Put FILE into the request, for pvsecret verify: up to 512 bytes, 256 "
		  "with an RSA-2048 or EC signature, 128 with an RSA-3072 one.",
	  .conflicts = "policy", .flags = CLI_FILE },
	{ .name = "policy", .kind = CLI_TEXT, .offset = AT(policy), .value = "FILE",
	  .help = "Put the path of FILE and its SHA-256 into the request as user data, and "
		  "print the hash.",
	  .flags = CLI_FILE },
	{ .name = "toc-policy", .kind = CLI_TEXT, .offset = AT(toc_policy), .value = "FILE",
	  .help = "Append the tag that identifies the request to FILE, as a line of 32 "
		  "hexadecimal digits.",
	  .flags = CLI_FILE },
	{ .name = "user-sign-key", .kind = CLI_TEXT, .offset = AT(sign_key), .value = "FILE",
	  .help = "Sign the request with the private key in FILE (PEM or DER): RSA with "
		  "2048 or 3072 bits, or EC on P-521.",
	  .flags = CLI_FILE },
	{ .name = "use-name", .kind = CLI_FLAG, .offset = AT(use_name),
	  .help = "Take the first 31 bytes of the secret's name as its ID, not its "
		  "SHA-256." },
	{ .name = "stdout", .kind = CLI_FLAG, .offset = AT(to_stdout),
	  .help = "association, retrievable: print the ID file instead of writing "
		  "NAME.yaml beside the request." },
	{ .name = "input-secret", .kind = CLI_TEXT, .offset = AT(input_secret),
	  .value = "FILE",
	  .help = "association: use the 32 bytes in FILE as the secret; else it is "
		  "random.",
	  .conflicts = "output-secret", .flags = CLI_FILE },
	{ .name = "output-secret", .kind = CLI_TEXT, .offset = AT(output_secret),
	  .value = "FILE",
	  .help = "association: write the random secret to FILE, readable for its owner "
		  "only.",
	  .flags = CLI_FILE },
	{ .name = "secret", .kind = CLI_TEXT, .offset = AT(secret), .value = "FILE",
	  .help = "retrievable: the secret, see --type. update-cck: the 32 bytes of the "
		  "new key.",
	  .flags = CLI_FILE },
	{ .name = "type", .kind = CLI_TEXT, .offset = AT(type), .value = "TYPE",
	  .help = "retrievable: what is in the file. plain: up to 8190 bytes. aes: a key of "
		  "16, 24 or 32 bytes. aes-xts: two keys of 16 or 32 bytes each. hmac-sha: "
		  "64 bytes for SHA-256, 128 for SHA-512, padded or hashed as FIPS 198-1 "
		  "wants it. ec: a private key (PEM or DER) on secp256r1, secp384r1, "
		  "secp521r1, Ed25519 or Ed448.",
	  .choices = "plain aes aes-xts hmac-sha ec" },
	{ .name = NULL },
};

static const struct cli_operand operands[] = {
	{ .name = "KIND", .kind = CLI_TEXT, .offset = AT(kind_text),
	  .help = "meta: no secret, only flags. association: for crypto adapters. "
		  "retrievable (or retr): for the guest itself. update-cck (or cck): a new "
		  "customer communication key.",
	  .flags = CLI_REQUIRED },
	{ .name = "NAME", .kind = CLI_TEXT, .offset = AT(name),
	  .help = "association, retrievable: the name of the secret, from which its ID is "
		  "made." },
	{ .name = NULL },
};

/* The kinds, and which of the options above each takes. */
static const struct kind_rules {
	const char *name, *alias;
	enum create_kind kind;
	bool named, values, secret, type;
} kinds[] = {
	{ "meta", NULL, CREATE_META, false, false, false, false },
	{ "association", NULL, CREATE_ASSOCIATION, true, true, false, false },
	{ "retrievable", "retr", CREATE_RETRIEVABLE, true, false, true, true },
	{ "update-cck", "cck", CREATE_UPDATE_CCK, false, false, true, false },
};

static const struct kind_rules *find_kind(const char *text)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, text) == 0 ||
		    (kinds[i].alias && strcmp(kinds[i].alias, text) == 0))
			return &kinds[i];
	return NULL;
}

static int check_secret_options(const struct create_settings *settings,
				const struct kind_rules *rules, struct cli *cli)
{
	const struct {
		const char *name;
		bool given, allowed, required;
	} rows[] = {
		{ "NAME", settings->name, rules->named, rules->named },
		{ "--stdout", settings->to_stdout, rules->named, false },
		{ "--input-secret", settings->input_secret, rules->values, false },
		{ "--output-secret", settings->output_secret, rules->values, false },
		{ "--secret", settings->secret, rules->secret, rules->secret },
		{ "--type", settings->type, rules->type, rules->type },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].given && !rows[i].allowed)
			return cli_usage(cli, "'%s' takes no %s", rules->name, rows[i].name);
		if (rows[i].required && !rows[i].given)
			return cli_usage(cli, "'%s' needs %s", rules->name, rows[i].name);
	}
	if (settings->to_stdout && strcmp(settings->output, "-") == 0)
		return cli_usage(cli, "--stdout cannot be used where the request goes to standard output");
	return CLI_OK;
}

/* Who runs in the guest sees what is to be hidden from it. */
static int refuse_in_guest(bool force, struct cli *cli, struct error *err)
{
	if (!uvinfo_is_guest(uvinfo_default_path()))
		return 0;
	if (force) {
		log_warn(cli_log(cli), "Making an add-secret request on a protected guest");
		return 0;
	}
	error_set(err, ERR_REFUSED, "This system is a protected guest: here the secret would be visible to the guest");
	return error_hint(err, ERR_REFUSED,
			  "Make the request on a trusted system; --force makes it nevertheless");
}

/* Makes the request; caller frees *@bytes. */
static int make_request(uint8_t **bytes, size_t *size, struct create_input *input,
			const struct hostkey_settings *settings, const struct log *log,
			struct error *err)
{
	EVP_PKEY **public_keys;
	struct hostkey **hosts;
	size_t count;
	int rc = hostkey_load_all(&hosts, &count, settings, log, err);

	if (rc < 0)
		return rc;
	public_keys = calloc(count, sizeof(*public_keys));
	for (size_t i = 0; public_keys && i < count; i++)
		public_keys[i] = hosts[i]->key;
	input->request.hosts = (struct request_hosts){ public_keys, count };
	rc = public_keys ? asrcb_create(bytes, size, &input->request, err)
			 : error_set(err, ERR_NOMEM, "Out of memory");
	free(public_keys);
	hostkey_free_all(hosts, count);
	return rc;
}

static int create(const struct create_settings *settings, enum create_kind kind,
		  struct cli *cli, struct error *err)
{
	struct create_input input;
	struct create_output output;
	uint8_t *request = NULL;
	size_t size;
	int rc = refuse_in_guest(settings->force, cli, err);

	if (rc < 0)
		return rc;
	rc = create_output_open(&output, settings, kind, err);
	if (rc == 0) {
		rc = create_input_read(&input, settings, kind, cli, err);
		if (rc == 0)
			rc = make_request(&request, &size, &input, &settings->hostkey,
					  cli_log(cli), err);
		if (rc == 0)
			rc = create_output_write(&output, settings, &input.secret,
						 request, size, err);
		create_input_free(&input);
	}
	if (rc == 0) {
		cli_say(cli, "Successfully generated the request");
		if (output.id_path && !settings->to_stdout)
			cli_say(cli, "Successfully wrote secret info to '%s'", output.id_path);
	}
	free(request);
	create_output_free(&output);
	return rc;
}

static int run(const void *given, struct cli *cli)
{
	const struct create_settings *settings = given;
	const struct kind_rules *rules = find_kind(settings->kind_text);
	struct error err = { 0 };
	int code;

	if (!rules)
		return cli_usage(cli, "'%s' is none of: meta association retrievable update-cck",
				 settings->kind_text);
	code = check_secret_options(settings, rules, cli);
	if (code != CLI_OK)
		return code;
	if (create(settings, rules->kind, cli, &err) < 0)
		return cli_fail(cli, &err);
	return CLI_OK;
}

const struct cli_verb pvsecret_create = {
	.name = "create",
	.summary = "Make a request that adds a secret (by the owner, on a trusted system)",
	.options = options,
	.operands = operands,
	.exactly_one = HOSTKEY_EXACTLY_ONE,
	.settings_size = sizeof(struct create_settings),
	.run = run,
};
