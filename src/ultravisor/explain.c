/* SPDX-License-Identifier: MIT */
#include "ultravisor/explain.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "ultravisor/calls.h"
#include "ultravisor/reason_table.h"

static void add_advice(struct text *out, const char *reason, const char *remedy)
{
	text_addf(out, "  reason: %s\n", reason);
	if (remedy)
		text_addf(out, "  remedy: %s\n", remedy);
}

static void add_call(struct text *out, uint16_t code)
{
	const struct call *call = code != ANY_CALL ? call_by_code(code) : NULL;

	if (call)
		text_addf(out, "%s (call 0x%04x)", call->name, call->code);
	else if (code == ANY_CALL)
		text_add(out, "any call");
	else
		text_addf(out, "unknown call 0x%04x", code);
}

static void add_result(struct text *out, uint16_t code, uint16_t rc, uint16_t rrc)
{
	add_call(out, code);
	text_addf(out, ": rc 0x%04x", rc);
	if (rrc != UV_ANY_RRC)
		text_addf(out, ", rrc 0x%04x", rrc);
	text_add(out, "\n");
}

/* --- What was written ------------------------------------------------------ */

/* A code as explain_code() takes it, read. */
struct code {
	bool has_call, has_rrc;
	uint16_t call, rrc;
	uint64_t value; /* rc, DIAGNOSE 308 code, or packed result */
};

static int parse_u16(uint16_t *out, const char *text, struct error *err)
{
	uint64_t value;
	int rc = hex_parse_u64(&value, text, err);

	if (rc < 0)
		return rc;
	if (value > UINT16_MAX)
		return error_set(err, ERR_INVALID, "'%s' has more than four digits", text);
	*out = (uint16_t)value;
	return 0;
}

/* "set-parameters" or "0x0300". */
static int parse_call(struct code *code, const char *text, struct error *err)
{
	const struct call *call = call_by_name(text, strlen(text));
	int rc = 0;

	code->has_call = true;
	if (call)
		code->call = call->code;
	else
		rc = parse_u16(&code->call, text, err);
	if (rc < 0)
		return error_wrap(err, ERR_INVALID, "'%s' is not an ultravisor call", text);
	return 0;
}

/* "RC", "RC/RRC" or a longer number. Cuts @text up. */
static int parse_value(struct code *code, char *text, struct error *err)
{
	char *slash = strchr(text, '/');
	uint16_t value = 0;
	int rc;

	if (!slash)
		return hex_parse_u64(&code->value, text, err);
	*slash = '\0';
	code->has_rrc = true;
	rc = parse_u16(&value, text, err);
	if (rc < 0)
		return rc;
	code->value = value;
	return parse_u16(&code->rrc, slash + 1, err);
}

static int parse_words(struct code *code, char *text, struct error *err)
{
	static const char blanks[] = " \t\n";
	char *rest, *first = strtok_r(text, blanks, &rest);
	char *second = strtok_r(NULL, blanks, &rest);
	int rc;

	*code = (struct code){ 0 };
	if (!first || strtok_r(NULL, blanks, &rest))
		return error_set(err, ERR_INVALID, "Expected a code, or a call and a code");
	if (!second)
		return parse_value(code, first, err);
	rc = parse_call(code, first, err);
	if (rc == 0)
		rc = parse_value(code, second, err);
	if (rc == 0 && code->value > UINT16_MAX)
		rc = error_set(err, ERR_INVALID, "'%s' has more than four digits", second);
	return rc;
}

/* --- What it means --------------------------------------------------------- */

static bool explain_diag308(struct text *out, uint16_t code)
{
	for (const struct diag308_reason *row = diag308_reasons; row->reason; row++) {
		if (row->code != code)
			continue;
		text_addf(out, "DIAGNOSE 308: return code 0x%04x\n", code);
		add_advice(out, row->reason, row->remedy);
		return true;
	}
	return false;
}

static bool explain_of_call(struct text *out, uint16_t call, uint16_t rc, uint16_t rrc)
{
	const struct reason *row = reason_find(call, rc, rrc);

	if (!row)
		return false;
	add_result(out, call, rc, rrc);
	add_advice(out, row->reason, row->remedy);
	return true;
}

/*
 * Each call that can give this rc, and rrc where one is told, in the order of
 * the table. The rows that fit any rrc are fallbacks: they are left out when
 * the same call has a row of its own for this one.
 */
static bool explain_of_all(struct text *out, const struct code *code)
{
	uint16_t rc = (uint16_t)code->value;
	bool found = false;

	for (const struct reason *row = reasons; row->reason; row++) {
		if (row->rc != rc)
			continue;
		if (code->has_rrc && row != reason_find(row->call, rc, code->rrc))
			continue;
		add_result(out, row->call, rc, code->has_rrc ? code->rrc : row->rrc);
		add_advice(out, row->reason, row->remedy);
		found = true;
	}
	return found;
}

/* The steps of a protected start, as QEMU numbers KVM's commands for them. */
static uint16_t call_of_step(uint16_t step)
{
	switch (step) {
	case 2:
		return UVC_SET_PARAMETERS;
	case 3:
		return UVC_UNPACK;
	case 4:
		return UVC_VERIFY;
	default:
		return ANY_CALL;
	}
}

/* Packed result: failed step, rrc, rc, return code of DIAGNOSE 308. */
static bool explain_packed(struct text *out, uint64_t value)
{
	uint16_t step = (uint16_t)(value >> 48), rrc = (uint16_t)(value >> 32);
	uint16_t rc = (uint16_t)(value >> 16), diag308 = (uint16_t)value;
	bool known = explain_diag308(out, diag308);

	if (call_of_step(step) == ANY_CALL)
		return false;
	return explain_of_call(out, call_of_step(step), rc, rrc) && known;
}

static bool explain_parsed(struct text *out, const struct code *code)
{
	uint16_t rc = (uint16_t)code->value;
	bool found;

	if (code->value > UINT16_MAX)
		return explain_packed(out, code->value);
	if (code->has_call)
		return explain_of_call(out, code->call, rc,
				       code->has_rrc ? code->rrc : UV_ANY_RRC);
	found = !code->has_rrc && explain_diag308(out, rc);
	return explain_of_all(out, code) || found;
}

int explain_code(const char *text, struct text *out, struct error *err)
{
	struct code code;
	char *copy = strdup(text);
	int rc;

	if (!copy)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = parse_words(&code, copy, err);
	free(copy);
	if (rc < 0)
		return error_hint(err, ERR_INVALID,
				  "Examples: 0xa02, 0x0002000501080a02, 0x0108/0x0005, "
				  "'set-parameters 0x0108/0x0005'");
	if (!explain_parsed(out, &code))
		return error_set(err, ERR_NOT_FOUND, "Nothing is known about the code '%s'", text);
	return 0;
}

void explain_result(uint16_t code, struct uv_result result, struct text *out)
{
	const struct reason *row = reason_find(code, result.rc, result.rrc);

	add_call(out, code);
	text_addf(out, ": rc 0x%04x, rrc 0x%04x: %s", result.rc, result.rrc,
		  row ? row->reason : "the reason is not documented");
	if (row && row->remedy)
		text_addf(out, "; %s", row->remedy);
}
