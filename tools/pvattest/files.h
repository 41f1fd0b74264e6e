/* SPDX-License-Identifier: MIT */
/* What the verbs of pvattest do with files. */
#ifndef UV_TOOLS_PVATTEST_FILES_H
#define UV_TOOLS_PVATTEST_FILES_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "cli/cli.h"

/* Exchange files may be longer than they say; this is where patience ends. */
#define EXCHANGE_FILE_LIMIT (4UL * 1024 * 1024)

/*
 * Input and output of a verb, each given by its option or by position: what the
 * options leave open is taken from the operands in order. CLI_USAGE when
 * something is missing or left over.
 */
struct file_pair {
	const char *input, *output;           /* -i, -o */
	const char *operands[2];              /* NULL when there are fewer */
};
int file_pair_settle(struct file_pair *files, struct cli *cli);

/* Reads at most 256 bytes of user data; caller frees. */
int user_data_read(uint8_t **data, size_t *size, const char *path, struct error *err);

/* Writes @text as an ordinary file, replacing an earlier one. */
int text_write(const char *path, const struct text *text, struct error *err);

#endif
