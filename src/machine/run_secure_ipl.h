/* SPDX-License-Identifier: MIT */
/*
 * What Secure IPL adds to the start of a guest: its options, the boot loader, and
 * what the plugin has to know. See docs/reference/secure-ipl.md, "Launcher".
 */
#ifndef UV_MACHINE_RUN_SECURE_IPL_H
#define UV_MACHINE_RUN_SECURE_IPL_H

#include <stdbool.h>

#include "base/log.h"
#include "base/text.h"
#include "machine/engine.h"
#include "machine/runtime.h"
#include "machine/secure_boot.h"

struct secure_ipl_start {
	bool qemus_own;          /* nothing is ours, and all else is empty */
	struct secure_boot boot; /* ->argv are QEMU's options without ours */
	char *firmware;          /* the boot loader for -bios, or NULL */
	char *certificates;      /* the store as a file, or NULL */
	char *report;            /* where the report goes, or NULL */
};

/*
 * Takes Secure IPL's options out of @argc arguments; with @qemus_own they all stay
 * for QEMU to understand. Caller frees with secure_ipl_start_clear(), also after a
 * failure.
 */
int secure_ipl_start_scan(struct secure_ipl_start *start, bool qemus_own, int argc,
			  char *const *argv, const struct log *log, struct error *err);

/* ERR_UNSUPPORTED when the options were left to @engine, which has no Secure IPL. */
int secure_ipl_start_check_engine(const struct secure_ipl_start *start,
				  const struct engine *engine, struct error *err);

/* Is any of Secure IPL ours to do? */
bool secure_ipl_start_is_ours(const struct secure_ipl_start *start);

/* Finds the boot loader, and leaves the certificates in @entry for the plugin. */
int secure_ipl_start_prepare(struct secure_ipl_start *start,
			     const struct guest_entry *entry, const char *name,
			     const struct log *log, struct error *err);

/* Adds the plugin's arguments, each with a comma before it. */
void secure_ipl_start_add_arguments(const struct secure_ipl_start *start,
				    struct text *out);

/* Adds QEMU's options. */
void secure_ipl_start_add_options(const struct secure_ipl_start *start,
				  struct string_list *argv);

void secure_ipl_start_clear(struct secure_ipl_start *start);

#endif
