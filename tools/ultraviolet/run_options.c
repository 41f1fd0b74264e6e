/* SPDX-License-Identifier: MIT */
#include "ultraviolet/run_options.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "machine/domain.h"

int run_options_collect(struct string_list *argv, const char *domain,
			const struct cli_list *attached, const struct cli_list *own,
			const struct log *log, struct error *err)
{
	int rc = 0;

	if (domain)
		rc = domain_read(argv, domain, attached->items, attached->count, log, err);
	for (size_t i = 0; !rc && i < own->count; i++)
		string_list_add(argv, own->items[i]);
	if (!rc && argv->broken)
		rc = error_set(err, ERR_NOMEM, "Out of memory");
	return rc;
}

/* As a shell takes it for one word. */
static void add_quoted(struct text *out, const char *word)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-_./,:=+@%";

	if (*word && !word[strspn(word, plain)]) {
		text_add(out, word);
		return;
	}
	text_add(out, "'");
	for (; *word; word++) {
		if (*word == '\'')
			text_add(out, "'\\''");
		else
			text_add_bytes(out, word, 1);
	}
	text_add(out, "'");
}

void run_options_print(const struct string_list *argv)
{
	struct text out = { 0 };

	for (size_t i = 0; i < argv->count; i++) {
		add_quoted(&out, argv->items[i]);
		text_add(&out, "\n");
	}
	fputs(text_chars(&out), stdout);
	text_free(&out);
}
