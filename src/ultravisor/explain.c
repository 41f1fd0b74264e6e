/* SPDX-License-Identifier: MIT */
#include "ultravisor/explain.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "ultravisor/calls.h"
#include "ultravisor/reasons.h"

#define ANY_CALL 0

struct reason {
	uint16_t call; /* code, or ANY_CALL */
	uint16_t rc;
	uint16_t rrc;  /* or UV_ANY_RRC */
	const char *reason;
	const char *remedy; /* NULL when there is nothing to do */
};

#define ROW(call, rc, rrc, reason, remedy) { call, rc, rrc, reason, remedy },
#define ANY UV_ANY_RRC

#define MAKE_REQUEST_AGAIN "make the request again, for this machine and with current tools"
#define CALLERS_FAULT "report this to whoever made the calling program"

static const struct reason reasons[] = {
	UV_BOOT_REASONS(ROW)

	{ 0x0100, 0x0101, ANY, "the origin of the guest's storage is above what the machine supports",
	  "start the guest with less memory" },
	{ 0x0100, UV_RC_STORAGE_TOO_LARGE, ANY, "the guest's storage is larger than the machine supports",
	  "start the guest with less memory" },
	{ 0x0100, UV_RC_STORAGE_SIZE, ANY, "the guest's storage does not consist of whole pages",
	  "start the guest with a multiple of 1 MiB of memory" },
	{ 0x0100, UV_RC_TOO_MANY_CONFIGURATIONS, ANY, "the machine has as many protected guests as it can have",
	  "stop another protected guest" },

	{ UVC_EXPORT, UV_RC_ALIGNMENT, ANY, "the address is not that of a page", CALLERS_FAULT },
	{ UVC_EXPORT, UV_RC_PAGE_STATE, ANY, "the page is exported already", CALLERS_FAULT },
	{ UVC_EXPORT, UV_RC_PAGE_NOT_MAPPED, ANY, "the page is not in the guest's storage", CALLERS_FAULT },
	{ UVC_IMPORT, UV_RC_ALIGNMENT, ANY, "the address is not that of a page", CALLERS_FAULT },
	{ UVC_IMPORT, UV_RC_PAGE_STATE, ANY, "the page is not exported", CALLERS_FAULT },
	{ UVC_IMPORT, UV_RC_INTEGRITY, ANY, "the page is not the one that was exported last from there, or it was changed",
	  "bring back the page that the last export gave" },
	{ UVC_IMPORT, UV_RC_PAGE_NOT_MAPPED, ANY, "the page is not in the guest's storage", CALLERS_FAULT },

	{ UVC_PREPARE_RESET, UV_RC_PAGES_SHARED, ANY, "pages of the guest are still shared",
	  "issue Unshare All before" },

	{ UVC_SHARE, UV_RC_SHARE_ADDRESS, ANY, "the address is not that of a page in the guest's storage", CALLERS_FAULT },
	{ UVC_UNSHARE, UV_RC_SHARE_ADDRESS, ANY, "the address is not that of a page in the guest's storage", CALLERS_FAULT },

	{ 0x1020, 0x0101, ANY, "the continuation token is not zero", CALLERS_FAULT },
	{ 0x1020, 0x0102, ANY, "there are more than 256 bytes of user data", "pass less user data" },
	{ 0x1020, 0x0103, ANY, "the attestation request lies in storage that cannot be read", CALLERS_FAULT },
	{ 0x1020, 0x0104, ANY, "the measurement cannot be stored where it should go", CALLERS_FAULT },
	{ 0x1020, 0x0105, ANY, "the additional data cannot be stored where it should go", CALLERS_FAULT },
	{ 0x1020, 0x0106, ANY, "this machine does not know the version of the attestation request", MAKE_REQUEST_AGAIN },
	{ 0x1020, 0x0107, ANY, "the size of the attestation request does not fit its content", MAKE_REQUEST_AGAIN },
	{ 0x1020, 0x0108, ANY, "the attestation request has no key slots, or too many", MAKE_REQUEST_AGAIN },
	{ 0x1020, 0x0109, ANY, "the encrypted area of the attestation request has a wrong size", MAKE_REQUEST_AGAIN },
	{ 0x1020, 0x010a, ANY, "the attestation request asks for additional data that this machine does not offer",
	  "ask for less (see /sys/firmware/uv/query/supp_att_pflags)" },
	{ 0x1020, 0x010b, ANY, "this machine does not know the measurement algorithm", MAKE_REQUEST_AGAIN },
	{ 0x1020, 0x010c, ANY, "the attestation request cannot be decrypted",
	  "make the request with the host key document of this machine" },
	{ 0x1020, 0x010d, ANY, "the buffer for the measurement is too small", CALLERS_FAULT },
	{ 0x1020, 0x010e, ANY, "the buffer for the additional data is too small", CALLERS_FAULT },

	{ 0x1031, 0x0101, ANY, "this guest may not change its secret store", NULL },
	{ 0x1031, 0x0102, ANY, "the secret store is locked", "start the guest again, and add the secret before the lock" },
	{ 0x1031, 0x0103, ANY, "the request lies in storage that cannot be read", CALLERS_FAULT },
	{ 0x1031, 0x0104, ANY, "this machine does not know the version of the add-secret request", MAKE_REQUEST_AGAIN },
	{ 0x1031, 0x0105, ANY, "the size of the request does not fit its content", MAKE_REQUEST_AGAIN },
	{ 0x1031, 0x0106, ANY, "the request has no key slots, or too many", MAKE_REQUEST_AGAIN },
	{ 0x1031, 0x0107, ANY, "the request has a flag that this machine does not know", "make the request without it" },
	{ 0x1031, 0x0108, ANY, "the request cannot be decrypted",
	  "make the request with the host key document of this machine" },
	{ 0x1031, 0x0109, ANY, "this machine does not know the type of the secret",
	  "see /sys/firmware/uv/query/supp_secret_types" },
	{ 0x1031, 0x010a, ANY, "the length of the secret does not fit its type", MAKE_REQUEST_AGAIN },
	{ 0x1031, 0x010b, ANY, "the secret store is full", NULL },
	{ 0x1031, 0x010c, ANY, "the secret cannot be added: image, guest instance or extension secret do not fit",
	  "make the request with the header of the running image, its CUID and its extension secret" },
	{ 0x1031, 0x010d, ANY, "the guest is being dumped", "repeat the call when the dump has ended" },
	{ 0x1034, 0x0101, ANY, "this guest may not lock its secret store", NULL },
	{ 0x1034, 0x0102, ANY, "the secret store is locked already", NULL },
	{ 0x1035, 0x0102, ANY, "the secret cannot be stored where it should go", CALLERS_FAULT },
	{ 0x1035, 0x0109, ANY, "the buffer is too small for the secret", "use a larger buffer" },
	{ 0x1035, 0x010f, ANY, "the secret store is empty", NULL },
	{ 0x1035, 0x0110, ANY, "there is no secret with this index", "list the secrets" },
	{ 0x1035, 0x0111, ANY, "the secret is not one that can be retrieved", NULL },

	{ ANY_CALL, UV_RC_EXECUTED, ANY, "the call was executed", NULL },
	{ ANY_CALL, UV_RC_INVALID_COMMAND, ANY, "the call does not exist on this machine, or not on this side of it",
	  "see the installed calls in /sys/firmware/uv/query/facilities" },
	{ ANY_CALL, UV_RC_INVALID_STATE, ANY, "the call is not possible now: another one has to come before it, or came already",
	  "follow the order: create, set parameters, unpack, verify, run" },
	{ ANY_CALL, UV_RC_INVALID_LENGTH, ANY, "the control block does not have the size that the call needs", CALLERS_FAULT },
	{ ANY_CALL, UV_RC_NO_RESUMPTION, ANY, "the call cannot be resumed", CALLERS_FAULT },
	{ ANY_CALL, UV_RC_INVALID_HANDLE, ANY, "there is no secure configuration with this handle", CALLERS_FAULT },
	{ ANY_CALL, 0x0021, ANY, "there is no secure CPU with this handle", CALLERS_FAULT },
	{ ANY_CALL, 0x0030, ANY, "the home address space is not set up", CALLERS_FAULT },
	{ ANY_CALL, 0x0031, ANY, "an address in the control block cannot be translated", CALLERS_FAULT },
	{ ANY_CALL, 0x0032, ANY, "an address in the control block is outside the storage", CALLERS_FAULT },
	{ ANY_CALL, UV_RC_MORE_DATA, ANY, "the call was executed, and there is more than the buffer holds",
	  "repeat the call for the rest, or with a larger buffer" },
	{ ANY_CALL, UV_RC_INTERNAL, UV_RRC_MEMORY, "the software ultravisor is out of memory", "free memory on the machine that runs it" },
	{ ANY_CALL, UV_RC_INTERNAL, UV_RRC_RANDOM, "the software ultravisor got no random numbers", NULL },
	{ ANY_CALL, UV_RC_INTERNAL, UV_RRC_CRYPTO, "the crypto library failed inside the software ultravisor", "check the installation of OpenSSL" },
};

#define REASON_COUNT (sizeof(reasons) / sizeof(reasons[0]))

struct diag308_reason {
	uint16_t code;
	const char *reason;
	const char *remedy;
};

#define DIAG308_ROW(code, reason, remedy) { code, reason, remedy },

static const struct diag308_reason diag308_reasons[] = {
	{ 0x0001, "the function was executed", NULL },
	UV_DIAG308_REASONS(DIAG308_ROW)
};

#define DIAG308_COUNT (sizeof(diag308_reasons) / sizeof(diag308_reasons[0]))

static bool fits(const struct reason *row, uint16_t rc, uint16_t rrc)
{
	return row->rc == rc && (row->rrc == rrc || row->rrc == UV_ANY_RRC);
}

/* What @rc and @rrc mean as result of the call; NULL when nothing is known. */
static const struct reason *reason_find(uint16_t call, uint16_t rc, uint16_t rrc)
{
	for (size_t i = 0; i < REASON_COUNT; i++)
		if ((reasons[i].call == call || reasons[i].call == ANY_CALL) &&
		    fits(&reasons[i], rc, rrc))
			return &reasons[i];
	return NULL;
}

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
	for (size_t i = 0; i < DIAG308_COUNT; i++) {
		const struct diag308_reason *row = &diag308_reasons[i];

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

	for (size_t i = 0; i < REASON_COUNT; i++) {
		const struct reason *row = &reasons[i];

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
				  "Examples: 0xa02, 0x0002000501080a02, 0x0108/0x0005, 'set-parameters 0x0108/0x0005'");
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
