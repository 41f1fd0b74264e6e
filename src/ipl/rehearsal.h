/* SPDX-License-Identifier: MIT */
/*
 * What the boot loader would make of a disk, found out by running it: the loader's
 * own code (ipl/load.h) on an array in place of guest storage, a certificate store in
 * memory in place of DIAG 320 and 508, then stage 3's own check of its parameters
 * (guest/stage3/start_plan.h). Nothing is started.
 */
#ifndef UV_IPL_REHEARSAL_H
#define UV_IPL_REHEARSAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "ipl/certstore.h"
#include "ipl/load.h"
#include "stage3/start_plan.h"

#define REHEARSAL_STORAGE_MIN ((uint64_t)64 << 20)
#define REHEARSAL_STORAGE_MAX ((uint64_t)1 << 40)

struct rehearsal_order {
	const struct bootmap_disk *disk;
	const struct certstore *store;
	enum ipl_mode mode;
	unsigned program;
	uint64_t storage_size; /* of the guest, REHEARSAL_STORAGE_MIN to _MAX */
	int64_t now;           /* seconds since the epoch: which certificates are valid */
};

/* What the loader said, and about which certificate or why. */
struct rehearsal_message {
	struct load_message load;
	unsigned certificate; /* LOAD_VERIFIED: index in the store */
	char reason[256];     /* IPL_PROBLEM_NOT_VERIFIED and _CERTIFICATE; else empty */
};

struct rehearsal {
	enum load_status status;
	struct load load; /* with the report, except in normal mode */
	struct rehearsal_message *messages;
	size_t message_count;
	/* With LOAD_DONE, what stage 3 then says; START_OK where it is not there. */
	enum start_problem start;
};

/*
 * Runs the loader. Whatever it says is the result, not an error: ERR_NOMEM,
 * ERR_INVALID (storage size). Caller frees with rehearsal_free(), also after a failure.
 */
int rehearse(struct rehearsal *rehearsal, const struct rehearsal_order *order,
	     struct error *err);
void rehearsal_free(struct rehearsal *rehearsal);

/* Whether the program would be started, by loader and stage 3. */
bool rehearsal_boots(const struct rehearsal *rehearsal);

#endif
