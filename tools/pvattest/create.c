/* SPDX-License-Identifier: MIT */
/* pvattest create: makes a request and the key that protects it. */
#include <stdlib.h>
#include <string.h>

#include "attestation/arcb.h"
#include "attestation/exchange.h"
#include "attestation/measurement.h"
#include "base/file.h"
#include "hostkey_options.h"
#include "pvattest/additional_options.h"
#include "pvattest/verbs.h"

struct settings {
	struct hostkey_settings hostkey;
	const char *output, *arpk;
	struct cli_list add_data;
};

#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	HOSTKEY_OPTIONS(struct settings, hostkey),
	{ .name = "output", .letter = 'o', .kind = CLI_TEXT, .offset = AT(output),
	  .value = "FILE", .help = "Write the request to FILE.",
	  .flags = CLI_REQUIRED | CLI_FILE },
	{ .name = "arpk", .letter = 'a', .kind = CLI_TEXT, .offset = AT(arpk),
	  .value = "FILE",
	  .help = "Write the request protection key to FILE: 32 bytes, not encrypted. "
		  "Verifying the response takes it; whoever else has it can forge one. "
		  "Keep it, and delete it after verifying.",
	  .flags = CLI_REQUIRED | CLI_FILE },
	ADDITIONAL_OPTION("add-data", AT(add_data)),
	{ .name = NULL },
};

static int make_request(struct arcb_request *request, const struct settings *settings,
			uint64_t flags, struct cli *cli, struct error *err)
{
	struct hostkey **keys;
	EVP_PKEY **public;
	size_t count;
	int rc = hostkey_load_all(&keys, &count, &settings->hostkey, cli_log(cli), err);

	if (rc < 0)
		return rc;
	public = calloc(count + 1, sizeof(*public));
	if (!public) {
		rc = error_set(err, ERR_NOMEM, "Out of memory");
	} else {
		for (size_t i = 0; i < count; i++)
			public[i] = keys[i]->key;
		rc = arcb_request_new(request, &(struct request_hosts){ public, count },
				      flags, err);
	}
	free(public);
	hostkey_free_all(keys, count);
	return rc;
}

static void add_exchange(struct text *out, const struct arcb_request *request,
			 uint64_t flags)
{
	const struct exchange content = {
		.arcb = { request->bytes, request->size },
		.measurement = { NULL, MEASUREMENT_SIZE },
		.additional = { NULL, additional_size(flags) },
	};

	exchange_write(out, &content);
}

static int put(struct outfile **file, const char *path, mode_t mode,
	       const void *data, size_t size, struct error *err)
{
	int rc = outfile_open(file, path, OUTFILE_REPLACE, mode, err);

	if (rc == 0)
		rc = file_write_all(outfile_fd(*file), data, size, path, err);
	if (rc < 0 && *file) {
		outfile_abort(*file);
		*file = NULL;
	}
	return rc;
}

/* Both files or none; the key first, since the request is worthless without it. */
static int write_both(const struct settings *settings, const struct text *exchange,
		      const struct secret *key, struct error *err)
{
	struct outfile *request_file = NULL, *key_file = NULL;
	int rc;

	if (!text_ok(exchange))
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = put(&key_file, settings->arpk, 0600, secret_view(key), secret_size(key), err);
	if (rc < 0)
		return rc;
	rc = put(&request_file, settings->output, file_default_mode(),
		 text_chars(exchange), exchange->length, err);
	if (rc < 0) {
		outfile_abort(key_file);
		return rc;
	}
	rc = outfile_commit(key_file, err);
	if (rc < 0) {
		outfile_abort(request_file);
		return rc;
	}
	return outfile_commit(request_file, err);
}

static int create(const struct settings *settings, uint64_t flags, struct cli *cli,
		  struct error *err)
{
	struct arcb_request request;
	struct text exchange = { 0 };
	int rc = make_request(&request, settings, flags, cli, err);

	if (rc < 0)
		return rc;
	add_exchange(&exchange, &request, flags);
	rc = write_both(settings, &exchange, request.protection_key, err);
	text_free(&exchange);
	arcb_request_free(&request);
	return rc;
}

static int run(const void *given, struct cli *cli)
{
	const struct settings *settings = given;
	struct error err = { 0 };
	uint64_t flags;
	int code = additional_options_take(&flags, "add-data", &settings->add_data, cli);

	if (code != CLI_OK)
		return code;
	if (strcmp(settings->output, settings->arpk) == 0)
		return cli_usage(cli, "--output and --arpk name the same file");
	if (create(settings, flags, cli, &err) < 0)
		return cli_fail(cli, &err);
	cli_say(cli, "Successfully generated the request");
	return CLI_OK;
}

const struct cli_verb pvattest_create = {
	.name = "create",
	.summary = "Create an attestation measurement request",
	.options = options,
	.exactly_one = HOSTKEY_EXACTLY_ONE,
	.settings_size = sizeof(struct settings),
	.run = run,
};
