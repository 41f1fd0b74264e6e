/* SPDX-License-Identifier: MIT */
#include "pvattest/files.h"

#include "attestation/exchange.h"
#include "base/file.h"

int file_pair_settle(struct file_pair *files, struct cli *cli)
{
	size_t next = 0;

	if (!files->input)
		files->input = files->operands[next++];
	if (!files->output && next < 2)
		files->output = files->operands[next++];
	if (!files->input)
		return cli_usage(cli, "argument IN (or option --input) is required");
	if (!files->output)
		return cli_usage(cli, "argument OUT (or option --output) is required");
	if (next < 2 && files->operands[next])
		return cli_usage(cli, "unexpected argument '%s'", files->operands[next]);
	return CLI_OK;
}

int user_data_read(uint8_t **data, size_t *size, const char *path, struct error *err)
{
	int rc = file_read(data, size, path, EXCHANGE_MAX_USER_DATA, err);

	if (rc < 0)
		return error_wrap(err, rc, "Cannot use '%s' as user data of at most %d bytes",
				  path, EXCHANGE_MAX_USER_DATA);
	return 0;
}

int text_write(const char *path, const struct text *text, struct error *err)
{
	if (!text_ok(text))
		return error_set(err, ERR_NOMEM, "Out of memory");
	return file_write(path, text_chars(text), text->length, OUTFILE_REPLACE,
			  file_default_mode(), err);
}
