/* SPDX-License-Identifier: MIT */
/*
 * What the machine keeps for Secure IPL: the mode, the facilities that its CPUs
 * show, the certificates, the IPL parameter block, and what the boot loader
 * handed over. See docs/reference/secure-ipl.md.
 *
 * Flags and length of the block are the machine's: a guest that sets or clears
 * them with DIAGNOSE 308 gets them back as they were.
 */
#ifndef UV_PLUGIN_SECURE_IPL_H
#define UV_PLUGIN_SECURE_IPL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "ipl/certstore.h"
#include "ipl/iplb.h"
#include "plugin/arguments.h"

struct secure_ipl {
	bool offered; /* the machine has it; all else is of use only then */
	enum ipl_mode mode;
	unsigned facilities; /* SCP_... */
	struct certstore store;
	const char *report_path; /* or NULL */

	/* The machine reset to come is a re-IPL that the guest asked for. */
	_Atomic bool reipl_due;
	/* Nothing was handed over since the last machine reset. */
	_Atomic bool handover_due;

	pthread_mutex_t lock; /* of what follows */
	bool block_known;
	struct iplb block;
	struct text handover; /* JSON object, or empty */
};

/* Reads the certificates. Errors as certstore_read(). */
int secure_ipl_open(struct secure_ipl *secure_ipl,
		    const struct secure_ipl_arguments *arguments, struct error *err);

/* Does the machine's mode show in IPL parameter blocks, and does it ask for a report? */
bool secure_ipl_has_report(const struct secure_ipl *secure_ipl);

/* Takes over the block that a guest has set. */
void secure_ipl_set_block(struct secure_ipl *secure_ipl, const struct iplb *block);

/*
 * The block that a guest is to see where QEMU gave it *@block: the one last set,
 * or else this one, which is kept from then on.
 */
void secure_ipl_get_block(struct secure_ipl *secure_ipl, struct iplb *block);

/* The machine was reset: by QEMU's user, unless a guest asked for a re-IPL. */
void secure_ipl_on_reset(struct secure_ipl *secure_ipl);

/*
 * What the boot loader has handed over: a JSON object on one line, empty when
 * there is nothing. Takes the content of @text and makes it empty.
 */
void secure_ipl_keep_handover(struct secure_ipl *secure_ipl, struct text *text);
/* Adds it to @out; false when there is nothing. */
bool secure_ipl_add_handover(struct secure_ipl *secure_ipl, struct text *out);

#endif
