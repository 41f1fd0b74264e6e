/* SPDX-License-Identifier: MIT */
/*
 * Codes of Secure IPL in words: return codes of DIAGNOSE 320 and 508, indicators
 * of the IPL report, flags of certificate entries. See
 * docs/reference/ipl-report.md, "Indicators".
 */
#ifndef UV_IPL_EXPLAIN_H
#define UV_IPL_EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* Is @word the name of a kind of codes: diag320, diag508, cei, iiei, vce? */
bool ipl_explain_knows(const char *word);

/*
 * Adds to @out what @code of the kind @word means; bits are explained one by one.
 * False, with nothing added, when nothing is known about it.
 */
bool ipl_explain(const char *word, uint64_t code, struct text *out);

/* The same for return codes of whichever DIAGNOSE has it. */
bool ipl_explain_any(uint64_t code, struct text *out);

/* What one indicator bit says; NULL when it is none. */
const char *ipl_cei_text(uint32_t bit);
const char *ipl_iiei_text(uint32_t bit);

#endif
