/* SPDX-License-Identifier: MIT */
/* Asking a running guest for its dump. */
#ifndef UV_MACHINE_GUEST_DUMP_H
#define UV_MACHINE_GUEST_DUMP_H

#include <stdbool.h>

#include "base/error.h"
#include "base/progress.h"

/*
 * Has the dump of the guest @name written to @fd. The guest stands still
 * meanwhile, and afterwards, too, with @pause. When this process ends before, the dump is given up and the guest
 * goes on. ERR_NOT_FOUND when there is no such guest, ERR_REFUSED with its words
 * when there is no dump of it.
 */
int guest_dump(const char *name, int fd, bool pause, const struct progress *progress, struct error *err);

/* Ends the QEMU of the guest @name. */
int guest_quit(const char *name, struct error *err);

#endif
