/* SPDX-License-Identifier: MIT */
/*
 * Functions of QEMU itself that a dump needs and that the plugin interface does
 * not offer: stopping the guest, and its registers and storage from outside a
 * vCPU. Debian's QEMU exports them, another engine may hide them. The only
 * place that knows their declarations; see docs/reference/engine.md, "QEMU's
 * own functions".
 *
 * Main loop only, except where said.
 */
#ifndef UV_PLUGIN_QEMU_OWN_H
#define UV_PLUGIN_QEMU_OWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dump/cpu_state.h"

/* Does this QEMU offer all that is needed? Any thread. */
bool qemu_own_available(void);

/* Is the calling thread that of a vCPU? Any thread. */
bool qemu_own_in_vcpu(void);

/* Has the main loop call @function(@context) soon. Any thread. */
void qemu_own_run_in_main_loop(void (*function)(void *context), void *context);

/* Stops the guest, as QMP's stop does. False when it does not run anyway. */
bool qemu_own_stop(void);
void qemu_own_resume(void);
/* Ends QEMU, as QMP's quit does. */
void qemu_own_quit(void);

/* Calls @crashed(@context) whenever the guest has panicked and stands still. */
void qemu_own_on_crash(void (*crashed)(void *context), void *context);

/* The registers of vCPU @index while the guest stands still. False: no such vCPU. */
bool qemu_own_registers(unsigned index, struct cpu_state *cpu);

/* Guest absolute storage, all of which has to be configured. Any thread of QEMU's. */
void qemu_own_read_storage(uint64_t address, void *data, size_t size);

/* --- QMP --------------------------------------------------------------------- */

struct qemu_dictionary; /* QDict */
struct qemu_error;      /* Error */

/* A command: its arguments, its result (left alone: an empty one), its failure. */
typedef void qemu_own_command(struct qemu_dictionary *arguments,
			      struct qemu_dictionary **result,
			      struct qemu_error **error);

/*
 * Puts @own into the place of the command "dump-guest-memory" or "query-dump",
 * and QEMU's function at *@original. False when it is not there, or its
 * description does not look as expected.
 */
bool qemu_own_replace_dump(qemu_own_command *own, qemu_own_command **original);
bool qemu_own_replace_query_dump(qemu_own_command *own, qemu_own_command **original);

/* Members of arguments; @or_else, or NULL, when there is none. */
bool qemu_own_has(const struct qemu_dictionary *arguments, const char *name);
bool qemu_own_bool(const struct qemu_dictionary *arguments, const char *name, bool or_else);
const char *qemu_own_text(const struct qemu_dictionary *arguments, const char *name);

/* A result of the form of query-dump's. */
struct qemu_dictionary *qemu_own_dump_result(const char *status, uint64_t done,
					     uint64_t total);

void qemu_own_fail(struct qemu_error **error, const char *text);

/* The descriptor that the monitor's user named @name, now the caller's; or -1. */
int qemu_own_take_fd(const char *name, struct qemu_error **error);
/* Opens @path to write, where that may be one of QEMU's sets of descriptors; or -1. */
int qemu_own_open_set(const char *path);

/* Sends the event DUMP_COMPLETED; @failure is NULL when all went well. */
void qemu_own_dump_completed(uint64_t done, uint64_t total, const char *failure);

#endif
