/* SPDX-License-Identifier: MIT */
/*
 * Reads a QEMU command line as the host of protected guests would: passes
 * everything through in its order, takes over what belongs to protected
 * virtualization, and finds what a protected guest cannot have. Knows text
 * only and, for huge pages, the file systems that options name. See
 * docs/howto/run.md and docs/reference/engine.md, "Options".
 */
#ifndef UV_MACHINE_OPTIONS_H
#define UV_MACHINE_OPTIONS_H

#include <stdbool.h>

#include "base/error.h"
#include "machine/string_list.h"

#define PROTECTED_CPUS_MAX 247

struct qemu_command {
	struct string_list argv;     /* for QEMU, without the program's name */
	struct string_list warnings; /* sentences */
	struct string_list refusals; /* sentences: no protected guest with these */
	char *guest_name;            /* as -name says, or NULL */
	bool asks_only;              /* for help or a version: no guest is started */
	bool confidential;           /* -machine confidential-guest-support */
};

/*
 * Reads @argc options. ERR_INVALID for what even a normal guest cannot have
 * here (thread=single, icount), ERR_FORMAT for values that are no options.
 * Caller frees with qemu_command_clear().
 */
int qemu_command_scan(struct qemu_command *command, int argc,
		      char *const *argv, struct error *err);
void qemu_command_clear(struct qemu_command *command);

#endif
