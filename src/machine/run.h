/* SPDX-License-Identifier: MIT */
/*
 * Starting a guest: QEMU with the plugin as the firmware of a machine.
 */
#ifndef UV_MACHINE_RUN_H
#define UV_MACHINE_RUN_H

#include <stdbool.h>

#include "base/error.h"
#include "base/log.h"

struct run_request {
	const char *machine;  /* folder or name; NULL: none, which is enough for Secure IPL */
	const char *name;     /* of the guest; NULL = as -name says, else made up */
	bool normal;          /* a guest that cannot become protected: nothing is refused */
	bool trace;           /* every ultravisor call on standard error */
	const char *crash_dump; /* file for the dump of the guest if it crashes, or NULL */
	bool qemu_secure_ipl; /* Secure IPL is QEMU's own, where it has it */
	int argc;             /* QEMU's options */
	char *const *argv;
};

/*
 * Becomes QEMU: replaces the calling process, which so keeps its standard
 * streams, process id and exit status, and returns only when that fails.
 * ERR_REFUSED when an option excludes a protected guest (each is named to @log
 * as a warning first), ERR_EXISTS when a guest of that name runs.
 */
int run_guest(const struct run_request *request, const struct log *log,
	      struct error *err);

#endif
