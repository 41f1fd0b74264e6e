/* SPDX-License-Identifier: MIT */
/*
 * DIAGNOSE X'320': gives a guest the certificates of the machine's store. See
 * docs/reference/diag-320.md.
 */
#ifndef UV_IPL_DIAG320_H
#define UV_IPL_DIAG320_H

#include "ipl/certstore.h"
#include "ipl/diag320_format.h"
#include "ipl/diagnose.h"

/* What the call is made on. */
struct diag320_machine {
	bool installed; /* the CPU has the certificate-store facility (cstore) */
	const struct certstore *store;
	/* Seconds since the epoch: decides which certificates are valid. */
	int64_t (*clock)(void *context);
	void *context;
};

/* Executes @call. Storage is written only when that is all that is left to do. */
struct diagnose_result diag320(const struct diag320_machine *machine,
			       const struct diagnose *call,
			       const struct diagnose_storage *storage);

#endif
