/* SPDX-License-Identifier: MIT */
/*
 * Codes of a protected start and of ultravisor calls in words: what happened,
 * and what to do about it.
 */
#ifndef UV_ULTRAVISOR_EXPLAIN_H
#define UV_ULTRAVISOR_EXPLAIN_H

#include "base/text.h"
#include "ultravisor/ultravisor.h"

/*
 * Adds to @out what the code in @text means. It may be
 *   0x0a02                      a return code of DIAGNOSE 308, or an rc
 *   0x0002000501080a02          the packed result of DIAGNOSE 308 subcode 10
 *   0x0108/0x0005               rc and rrc of any ultravisor call
 *   set-parameters 0x0108/0x0005, or 0x0300 0x0108/0x0005   of one call
 * The prefix 0x may be absent. ERR_INVALID when @text is none of these,
 * ERR_NOT_FOUND when nothing is known about the code.
 */
int explain_code(const char *text, struct text *out, struct error *err);

/* Adds one line, without newline: call, rc, rrc, reason and remedy. */
void explain_result(uint16_t code, struct uv_result result, struct text *out);

#endif
