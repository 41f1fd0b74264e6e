/* SPDX-License-Identifier: MIT */
/* Domain XML: what is taken has to be a command line that the launcher can read. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "machine/domain.h"
#include "machine/options.h"

/* No word may come from nowhere: options start with a dash, and no value of a list of
 * keys is cut short by what stands in the document. */
static void check_options(const struct string_list *argv)
{
	struct qemu_command command;
	struct error err = { 0 };

	if (argv->broken || argv->count < 2 || strcmp(argv->items[0], "-name") != 0 ||
	    strncmp(argv->items[1], "guest=", strlen("guest=")) != 0)
		abort();
	if (qemu_command_scan(&command, (int)argv->count, argv->items, &err) == 0) {
		if (!command.guest_name)
			abort();
		qemu_command_clear(&command);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct domain_source source = { data, size, "input" };
	struct string_list argv = { 0 };
	struct error err = { 0 };

	if (domain_parse(&argv, &source, NULL, 0, NULL, &err) == 0)
		check_options(&argv);
	else if (!err.message[0])
		abort();
	string_list_free(&argv);
	return 0;
}
