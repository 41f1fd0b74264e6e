/* SPDX-License-Identifier: MIT */
/*
 * A guest that is to be dumped when it crashes: what that means for QEMU's command
 * line. By default QEMU ends at once; it has to stay until the dump is taken.
 */
#ifndef UV_MACHINE_CRASH_DUMP_H
#define UV_MACHINE_CRASH_DUMP_H

#include "base/text.h"
#include "machine/run.h"
#include "machine/string_list.h"

/*
 * ERR_INVALID when the request has a dump on crash and its QEMU options say that
 * a crashed guest goes on, or ends at once. All three do nothing without one.
 */
int crash_dump_check(const struct run_request *request, struct error *err);

/* What goes in front of QEMU's options. */
void crash_dump_add_options(struct string_list *argv, const struct run_request *request);

/* What goes behind the plugin's other arguments. */
void crash_dump_add_argument(struct text *out, const struct run_request *request);

#endif
