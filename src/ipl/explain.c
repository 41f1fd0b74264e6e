/* SPDX-License-Identifier: MIT */
#include "ipl/explain.h"

#include <string.h>

#include "ipl/diag320_format.h"
#include "ipl/diag508_format.h"
#include "ipl/problem.h"

/* --- Return codes ------------------------------------------------------------ */

struct row {
	uint32_t code;
	const char *reason;
	const char *remedy; /* NULL when there is nothing to do */
};

static const struct row diag320_rows[] = {
	{ DIAG320_OK, "done", NULL },
	{ DIAG320_NO_SUBCODE, "there is no such subcode",
	  "subcode 0 tells which there are" },
	{ DIAG320_BAD_VCSSB_LENGTH, "the storage-size block does not say that it has 128 bytes",
	  "set its length before the call" },
	{ DIAG320_BAD_VCB_LENGTH,
	  "the certificate block's length is zero or no multiple of 4096",
	  "take a length that subcode 1 gives, rounded up to 4096" },
	{ DIAG320_BAD_RANGE, "the first index is above the last",
	  "certificates are counted from 1 to the number that subcode 1 gives" },
	{ 0 },
};

static const struct row diag508_rows[] = {
	{ DIAG508_OK, "the signature is verified", NULL },
	{ DIAG508_NO_CERTIFICATES, "the machine has no certificates",
	  "name some: -machine boot-certs.0.path=FILE" },
	{ DIAG508_BAD_COMPONENT,
	  "the component has address 0, length 0, or more than 256 MiB", NULL },
	{ DIAG508_BAD_SIGNATURE_OPERAND,
	  "the signature has address 0, length 0, or more than 4096 bytes",
	  "sign with a smaller key, without certificates in the signature" },
	{ DIAG508_NOT_VERIFIED, "no certificate of the machine verifies the signature",
	  "the content was changed, or signed with a key whose certificate is not in the store; "
	  "the launcher's standard error says more" },
	{ DIAG508_BAD_SVB_LENGTH, "the signature block does not say that it has 64 bytes",
	  "set its length before the call" },
	{ 0 },
};

static bool explain_row(const char *what, const struct row *rows, uint64_t code,
			struct text *out)
{
	for (const struct row *row = rows; row->reason; row++) {
		if (row->code != code)
			continue;
		text_addf(out, "%s: return code 0x%04x\n  reason: %s\n", what, row->code,
			  row->reason);
		if (row->remedy)
			text_addf(out, "  remedy: %s\n", row->remedy);
		return true;
	}
	return false;
}

static bool explain_diag320(uint64_t code, struct text *out)
{
	return explain_row("DIAGNOSE 320", diag320_rows, code, out);
}

static bool explain_diag508(uint64_t code, struct text *out)
{
	return explain_row("DIAGNOSE 508", diag508_rows, code, out);
}

bool ipl_explain_any(uint64_t code, struct text *out)
{
	bool found = explain_diag320(code, out);

	return explain_diag508(code, out) || found;
}

/* --- Bits ---------------------------------------------------------------------- */

/*
 * The problem that sets indicator @cei or @iiei, the other one being 0. A problem
 * may set a second bit that says more: where a bit comes alone, that is meant.
 */
static const struct ipl_problem_facts *facts_of(uint32_t cei, uint32_t iiei)
{
	const struct ipl_problem_facts *found = NULL;

	for (unsigned i = IPL_OK + 1; i < IPL_PROBLEM_COUNT; i++) {
		const struct ipl_problem_facts *facts = ipl_problem_facts(i);

		if ((cei && facts->cei == cei) || (iiei && facts->iiei == iiei))
			return facts;
		if (cei && (facts->cei & cei))
			found = facts;
	}
	return found;
}

const char *ipl_cei_text(uint32_t bit)
{
	/* Set by more than one problem: each of them says more than is known here. */
	if (bit == CEI_NO_SCLAB)
		return "component has no valid SCLAB";
	return facts_of(bit, 0) ? facts_of(bit, 0)->text : NULL;
}

const char *ipl_iiei_text(uint32_t bit)
{
	return facts_of(0, bit) ? facts_of(0, bit)->text : NULL;
}

/* Each bit of @code, highest first; all have to be known. */
static bool explain_bits(const char *name, unsigned digits, uint64_t code,
			 const char *(*text_of)(uint32_t bit), bool is_cei, struct text *out)
{
	struct text words = { 0 };
	bool known = code != 0 && code <= UINT32_MAX;

	for (uint32_t bit = 0x80000000; bit && known; bit >>= 1) {
		if (!(code & bit))
			continue;
		known = text_of(bit) != NULL;
		if (!known)
			break;
		text_addf(&words, "%s 0x%0*x\n  reason: %s\n  remedy: %s\n", name,
			  (int)digits, bit, text_of(bit),
			  facts_of(is_cei ? bit : 0, is_cei ? 0 : bit)->remedy);
	}
	if (known)
		text_add(out, text_chars(&words));
	text_free(&words);
	return known;
}

static bool explain_cei(uint64_t code, struct text *out)
{
	return explain_bits("CEI", 8, code, ipl_cei_text, true, out);
}

static bool explain_iiei(uint64_t code, struct text *out)
{
	return explain_bits("IIEI", 4, code, ipl_iiei_text, false, out);
}

static bool explain_vce(uint64_t code, struct text *out)
{
	if (code == VCE_VALID)
		text_add(out, "VCE flags 0x80\n  reason: the entry holds a valid certificate\n");
	else if (code == 0)
		text_add(out, "VCE flags 0x00\n"
			      "  reason: the certificate is expired, not valid yet, or has a key that cannot be read\n"
			      "  remedy: see its dates with 'openssl x509 -noout -dates', and put a current one into the store\n");
	return code == VCE_VALID || code == 0;
}

/* --- By name -------------------------------------------------------------------- */

static const struct {
	const char *word;
	bool (*explain)(uint64_t code, struct text *out);
} kinds[] = {
	{ "diag320", explain_diag320 }, { "diag508", explain_diag508 },
	{ "cei", explain_cei }, { "iiei", explain_iiei }, { "vce", explain_vce },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static size_t find_kind(const char *word)
{
	size_t i = 0;

	while (i < KINDS && strcmp(kinds[i].word, word) != 0)
		i++;
	return i;
}

bool ipl_explain_knows(const char *word)
{
	return find_kind(word) < KINDS;
}

bool ipl_explain(const char *word, uint64_t code, struct text *out)
{
	size_t kind = find_kind(word);

	return kind < KINDS && kinds[kind].explain(code, out);
}
