/* SPDX-License-Identifier: MIT */
/*
 * QEMU command lines with the options of Secure IPL, one option or value a line.
 * None of them is left for QEMU, and nothing is invented.
 */
#include "ultravisor_fuzz.h"

#include <string.h>

#include "machine/options_scan.h"
#include "machine/secure_boot.h"

#define WORDS_MAX 64

/* In the value of a -machine as it goes to QEMU. */
static void check_machine(const char *value)
{
	struct qemu_option option;

	if (qemu_option_parse(&option, value, NULL))
		return;
	fuzz_check(!qemu_option_get(&option, "secure-boot"));
	fuzz_check(!qemu_option_get(&option, "boot-certs.0.path"));
	fuzz_check(!qemu_option_get(&option, "boot-certificates"));
	qemu_option_clear(&option);
}

static void check_left(const struct string_list *argv)
{
	for (size_t i = 0; i < argv->count;) {
		struct option_words words = option_at((int)argv->count, argv->items, (int)i);

		if (words.name && words.value && !words.asks &&
		    strcmp(words.name, "machine") == 0)
			check_machine(words.value);
		i += (size_t)words.count;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *rest = text, *word, *argv[WORDS_MAX];
	struct secure_boot boot;
	int argc = 0;

	fuzz_check(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	while (argc < WORDS_MAX && (word = strsep(&rest, "\n")))
		argv[argc++] = word;
	if (secure_boot_scan(&boot, argc, argv, 0, NULL, NULL) == 0) {
		fuzz_check(boot.argv.count <= (size_t)argc);
		fuzz_check(boot.asked || boot.mode == IPL_NORMAL);
		check_left(&boot.argv);
	}
	secure_boot_clear(&boot);
	free(text);
	return 0;
}
