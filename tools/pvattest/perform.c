/* SPDX-License-Identifier: MIT */
/* pvattest perform: has the ultravisor answer a request, inside the guest. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attestation/exchange.h"
#include "base/file.h"
#include "pvattest/files.h"
#include "pvattest/verbs.h"
#include "uvdevice/uvdevice.h"

struct settings {
	struct file_pair files;
	const char *user_data;
};

#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	{ .name = "input", .letter = 'i', .kind = CLI_TEXT, .offset = AT(files.input),
	  .value = "FILE", .help = "Read the request from FILE, in place of IN.",
	  .flags = CLI_FILE },
	{ .name = "output", .letter = 'o', .kind = CLI_TEXT, .offset = AT(files.output),
	  .value = "FILE", .help = "Write the response to FILE, in place of OUT.",
	  .flags = CLI_FILE },
	{ .name = "user-data", .letter = 'u', .kind = CLI_TEXT, .offset = AT(user_data),
	  .value = "FILE",
	  .help = "Have up to 256 bytes in FILE measured as well, and put them into the "
		  "response.",
	  .flags = CLI_FILE },
	{ .name = NULL },
};

static const struct cli_operand operands[] = {
	{ .name = "IN", .kind = CLI_TEXT, .offset = AT(files.operands[0]),
	  .help = "The request, as 'pvattest create' made it.", .flags = CLI_FILE },
	{ .name = "OUT", .kind = CLI_TEXT, .offset = AT(files.operands[1]),
	  .help = "Where the response goes.", .flags = CLI_FILE },
	{ .name = NULL },
};

/* The places that the ultravisor fills. */
struct answer {
	uint8_t measurement[EXCHANGE_MAX_MEASUREMENT];
	uint8_t additional[EXCHANGE_MAX_ADDITIONAL];
};

static int attest(int fd, struct exchange *exchange, struct answer *answer,
		  uint8_t cuid[EXCHANGE_CUID_SIZE], struct error *err)
{
	struct uvdevice_attest block = {
		.arcb = (uintptr_t)exchange->arcb.bytes,
		.arcb_size = (uint32_t)exchange->arcb.size,
		.measurement = (uintptr_t)answer->measurement,
		.measurement_size = (uint32_t)exchange->measurement.size,
		.additional_size = (uint32_t)exchange->additional.size,
		.user_size = (uint16_t)exchange->user_data.size,
	};
	struct uvdevice_result result;
	int rc;

	if (block.additional_size)
		block.additional = (uintptr_t)answer->additional;
	if (block.user_size)
		memcpy(block.user_data, exchange->user_data.bytes, block.user_size);
	rc = uvdevice_call(fd, UVDEVICE_ATTEST, &block, sizeof(block), &result, err);
	if (rc == 0)
		rc = uvdevice_check(UVDEVICE_ATTEST, result, err);
	if (rc < 0)
		return rc;
	exchange->measurement.bytes = answer->measurement;
	/* It may have had less to say than there was room for. */
	if (block.additional_size < exchange->additional.size)
		exchange->additional.size = block.additional_size;
	exchange->additional.bytes = answer->additional;
	memcpy(cuid, block.cuid, EXCHANGE_CUID_SIZE);
	exchange->cuid = (struct exchange_blob){ cuid, EXCHANGE_CUID_SIZE };
	return 0;
}

static int write_response(const char *path, const struct exchange *exchange,
			  struct error *err)
{
	struct text out = { 0 };
	int rc;

	exchange_write(&out, exchange);
	rc = text_write(path, &out, err);
	text_free(&out);
	return rc;
}

/* @exchange is the request, with its user data. */
static int answer_request(int fd, struct exchange *exchange, const char *output,
			  struct error *err)
{
	struct answer *answer = calloc(1, sizeof(*answer));
	uint8_t cuid[EXCHANGE_CUID_SIZE];
	int rc;

	if (!answer)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = attest(fd, exchange, answer, cuid, err);
	if (rc == 0)
		rc = write_response(output, exchange, err);
	free(answer);
	return rc;
}

static int read_request(struct exchange *exchange, uint8_t **request, uint8_t **user_data,
			const struct settings *settings, const char *input,
			struct error *err)
{
	size_t size;
	int rc = file_read(request, &size, input, EXCHANGE_FILE_LIMIT, err);

	if (rc < 0)
		return rc;
	rc = exchange_parse_request(exchange, *request, size, err);
	if (rc < 0)
		return error_wrap(err, rc, "Cannot use '%s' as a request", input);
	exchange->user_data = (struct exchange_blob){ NULL, 0 };
	if (!settings->user_data)
		return 0;
	rc = user_data_read(user_data, &exchange->user_data.size, settings->user_data, err);
	exchange->user_data.bytes = *user_data;
	return rc;
}

static int perform(const struct settings *settings, const struct file_pair *files,
		   struct error *err)
{
	uint8_t *request = NULL, *user_data = NULL;
	struct exchange exchange;
	int fd, rc = uvdevice_open(&fd, err);

	if (rc < 0)
		return rc;
	rc = read_request(&exchange, &request, &user_data, settings, files->input, err);
	if (rc == 0)
		rc = answer_request(fd, &exchange, files->output, err);
	free(request);
	free(user_data);
	close(fd);
	return rc;
}

static int run(const void *given, struct cli *cli)
{
	const struct settings *settings = given;
	struct file_pair files = settings->files;
	struct error err = { 0 };
	int code = file_pair_settle(&files, cli);

	if (code != CLI_OK)
		return code;
	if (perform(settings, &files, &err) < 0)
		return cli_fail(cli, &err);
	return CLI_OK;
}

const struct cli_verb pvattest_perform = {
	.name = "perform",
	.summary = "Have the ultravisor answer a request (inside the guest, s390x only)",
	.options = options,
	.operands = operands,
	.settings_size = sizeof(struct settings),
	.run = run,
};
