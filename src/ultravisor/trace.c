/* SPDX-License-Identifier: MIT */
#include "ultravisor/trace.h"

#include <stdio.h>

#include "base/json.h"
#include "ultravisor/calls.h"

/*
 * Codes are strings with the digits in which documents print them. Everything
 * that a guest chose appears as a number only.
 */
static void add_code(struct json *json, const char *name, uint16_t code)
{
	char digits[sizeof("0xffff")];

	snprintf(digits, sizeof(digits), "0x%04x", code);
	json_text(json, name, digits);
}

static void add_times(struct json *json, const struct operation *op)
{
	const struct uv_callbacks *callbacks = &op->uv->callbacks;
	uint64_t now;

	if (!callbacks->clock)
		return;
	now = callbacks->clock(callbacks->context);
	json_u64(json, "time", op->started);
	json_u64(json, "ns", now > op->started ? now - op->started : 0);
}

void trace_operation(const struct operation *op, struct uv_result result)
{
	const struct call *call = call_by_code(op->code);
	struct text line = { 0 };
	struct json json = json_to(&line, false);

	json_object_begin(&json, NULL);
	json_text(&json, "call", call ? call->name : "unknown");
	add_code(&json, "code", op->code);
	json_text(&json, "by", op->by_guest ? "guest" : "hypervisor");
	json_u64(&json, "configuration", op->id);
	if (op->has_address)
		json_hex_u64(&json, "address", op->address);
	if (op->size)
		json_u64(&json, "size", op->size);
	add_code(&json, "rc", result.rc);
	add_code(&json, "rrc", result.rrc);
	json_u64(&json, "cc", uv_condition_code(result));
	add_times(&json, op);
	json_object_end(&json);
	if (text_ok(&line))
		op->uv->callbacks.trace(op->uv->callbacks.context, text_chars(&line));
	text_free(&line);
}
