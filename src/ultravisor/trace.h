/* SPDX-License-Identifier: MIT */
/* The trace: one line of JSON for each call. See docs/reference/ultravisor-calls.md, "Trace". */
#ifndef UV_ULTRAVISOR_TRACE_H
#define UV_ULTRAVISOR_TRACE_H

#include "ultravisor/configuration.h"

/* cc of a call with this result. */
unsigned uv_condition_code(struct uv_result result);

/* Hands the line of @op, which has ended with @result, to the trace callback. */
void trace_operation(const struct operation *op, struct uv_result result);

#endif
