/* SPDX-License-Identifier: MIT */
/* pvattest policy: what a verifier has to expect of guests that run an image. */
#include <stdlib.h>

#include "attestation/policy.h"
#include "attestation/measurement.h"
#include "image/read.h"
#include "pvattest/additional_options.h"
#include "pvattest/files.h"
#include "pvattest/hosts.h"
#include "pvattest/store_options.h"
#include "pvattest/verbs.h"

struct settings {
	const char *image, *output, *format;
	struct cli_list keys, add_data;
	struct store_settings store;
};

#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	{ .name = "host-key-document", .letter = 'k', .kind = CLI_LIST,
	  .offset = AT(keys), .value = "FILE[,FILE]",
	  .help = "The guest is to run on the machine of this host key document. Can be "
		  "given several times. Without it: on any machine that can start the "
		  "image. The documents are not verified here: see pvverify.",
	  .flags = CLI_FILE },
	ADDITIONAL_OPTION("add-data", AT(add_data)),
	STORE_OPTIONS(struct settings, store),
	{ .name = "output", .letter = 'o', .kind = CLI_TEXT, .offset = AT(output),
	  .value = "FILE", .help = "Write the policy to FILE, not to standard output.",
	  .flags = CLI_FILE },
	{ .name = "format", .kind = CLI_TEXT, .offset = AT(format), .value = "FORMAT",
	  .help = "Format of the policy. Default is yaml.", .choices = "yaml json" },
	{ .name = NULL },
};

static const struct cli_operand operands[] = {
	{ .name = "IMAGE", .kind = CLI_TEXT, .offset = AT(image),
	  .help = "An image, or a header taken from one.",
	  .flags = CLI_REQUIRED | CLI_FILE },
	{ .name = NULL },
};

/* Without a wish: both host key hashes, which pin the guest to machines. */
static uint64_t wanted_flags(uint64_t flags, const struct store_settings *store)
{
	if (!flags)
		flags = ATTEST_IMAGE_PHKH | ATTEST_REQUEST_PHKH;
	if (store->locked)
		flags |= ATTEST_STORE_HASH;
	return flags | ATTEST_NONCE;
}

static int hash_store(uint8_t hash[ATTEST_STORE_HASH_SIZE],
		      const struct store_settings *store, struct error *err)
{
	uint8_t *tags;
	int rc = store_tags_read(&tags, &store->requests, err);

	if (rc < 0)
		return rc;
	rc = store_hash_compute(hash, tags, store->requests.count,
				store->locked[0] == 't', err);
	free(tags);
	return rc;
}

static void warn_of_misfits(const struct policy *policy, struct cli *cli)
{
	for (size_t i = 0; i < policy->host_count; i++)
		if (!policy_host_fits(policy, &policy->hosts[i]))
			log_warn(cli_log(cli), "The machine of '%s' cannot start this image",
				 policy->hosts[i].file);
}

static int print_policy(const struct settings *settings, struct policy *policy,
			struct error *err)
{
	uint8_t store_hash[ATTEST_STORE_HASH_SIZE];
	struct text out = { 0 };
	int rc = 0;

	if (settings->store.locked) {
		rc = hash_store(store_hash, &settings->store, err);
		policy->store_hash = store_hash;
	}
	if (rc < 0)
		return rc;
	policy_add_record(&out, record_format_named(settings->format), policy);
	rc = text_write(settings->output ? settings->output : "-", &out, err);
	text_free(&out);
	return rc;
}

static int make_policy(const struct settings *settings, struct policy *policy,
		       struct cli *cli, struct error *err)
{
	struct check_host *hosts;
	struct se_image *image;
	int rc = se_image_open(&image, settings->image, cli_log(cli), err);

	if (rc < 0)
		return rc;
	rc = check_hosts_load(&hosts, &settings->keys, cli_log(cli), err);
	if (rc == 0) {
		policy->header = &image->header;
		policy->hosts = hosts;
		policy->host_count = settings->keys.count;
		warn_of_misfits(policy, cli);
		rc = print_policy(settings, policy, err);
		free(hosts);
	}
	se_image_close(image);
	return rc;
}

static int run(const void *given, struct cli *cli)
{
	const struct settings *settings = given;
	struct policy policy = { 0 };
	struct error err = { 0 };
	uint64_t flags;
	int code = additional_options_take(&flags, "add-data", &settings->add_data, cli);

	if (code != CLI_OK)
		return code;
	policy.flags = wanted_flags(flags, &settings->store);
	if (make_policy(settings, &policy, cli, &err) < 0)
		return cli_fail(cli, &err);
	return CLI_OK;
}

const struct cli_verb pvattest_policy = {
	.name = "policy",
	.summary = "Print what a verifier has to expect of guests that run an image",
	.options = options,
	.operands = operands,
	.settings_size = sizeof(struct settings),
	.run = run,
};
