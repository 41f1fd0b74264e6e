/* SPDX-License-Identifier: MIT */
/* QEMU command lines, one option or value a line. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "machine/options.h"

#define WORDS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *rest = text, *word, *argv[WORDS_MAX];
	struct qemu_command command;
	struct error err;
	int argc = 0;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	while (argc < WORDS_MAX && (word = strsep(&rest, "\n")))
		argv[argc++] = word;
	if (qemu_command_scan(&command, argc, argv, &err) == 0) {
		/* Nothing is invented: at most the defaults come on top. */
		if (command.argv.count > (size_t)argc + 8)
			abort();
		qemu_command_clear(&command);
	}
	free(text);
	return 0;
}
