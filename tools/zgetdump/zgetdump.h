/* SPDX-License-Identifier: MIT */
/* What the actions of zgetdump share. */
#ifndef UV_TOOLS_ZGETDUMP_H
#define UV_TOOLS_ZGETDUMP_H

#include "cli/cli.h"
#include "dump/guest_info.h"
#include "dump/target.h"

struct settings {
	bool info, mount, unmount, device, verify;
	bool overwrite, foreground;
	unsigned verbose;
	const char *key, *format, *select;
	const char *dump, *output; /* operands; "output" is also the folder of a mount */
};

/* A dump on its way to be used. */
struct opened {
	struct dump *dump;
	struct dump_reader *reader;
	struct dump_view view;
	struct guest_info guest;
};

/* Opens and unlocks. Caller ends with opened_close(), also after a failure. */
int opened_open(struct opened *opened, const struct settings *settings,
		struct cli *cli, struct error *err);
/* The second half of it, for who has to do something between. */
int opened_unlock(struct opened *opened, const struct settings *settings,
		  struct error *err);
void opened_close(struct opened *opened);

enum dump_format chosen_format(const struct settings *settings);
const char *format_name(const struct dump *dump);
int opened_target(struct target **target, const struct opened *opened,
		  const struct settings *settings, struct cli *cli, struct error *err);

/* The actions: each returns an exit code. */
int run_copy(const struct settings *settings, struct cli *cli);
int run_info(const struct settings *settings, struct cli *cli);
int run_mount(const struct settings *settings, struct cli *cli);
int run_verify(const struct settings *settings, struct cli *cli);

#endif
