/* SPDX-License-Identifier: MIT */
/*
 * DIAGNOSE X'508': verifies the signature of a component against the
 * certificates of the machine's store. See docs/reference/diag-508.md.
 */
#ifndef UV_IPL_DIAG508_H
#define UV_IPL_DIAG508_H

#include "ipl/certstore.h"
#include "ipl/diag508_format.h"
#include "ipl/diagnose.h"

/*
 * Executes @call. Every byte of component and signature is read once, so that a
 * guest that changes them meanwhile gets a verdict about one state of each. The
 * reason of DIAG508_NOT_VERIFIED is put into @why (may be NULL); it is for
 * whoever runs the machine.
 */
struct diagnose_result diag508(const struct certstore *store,
			       const struct diagnose *call,
			       const struct diagnose_storage *storage,
			       struct error *why);

#endif
