/* SPDX-License-Identifier: MIT */
#include "boot_failure.h"

#include <stdbool.h>

#include "ultravisor/reasons.h"

/* How the packed code names the ultravisor call that failed. */
enum unpack_step {
	STEP_UNKNOWN = 0,
	STEP_HEADER = 2,
	STEP_UNPACK = 3,
	STEP_VERIFY = 4,
};

/* The code of that call: 0x0300 for the header, and so on. */
#define STEP_CALL(step) ((uint16_t)(0x0300 + (step) - STEP_HEADER))

/* Reason and remedy for a code; the first entry that fits counts. */
struct advice {
	uint16_t call;
	uint16_t rc;
	uint16_t rrc;
	const char *reason;
	const char *remedy;
};

#define ROW(call, rc, rrc, reason, remedy) { call, rc, rrc, reason, remedy },
#define DIAGNOSE_ROW(code, reason, remedy) { 0, code, UV_ANY_RRC, reason, remedy },

static const struct advice ultravisor_advice[] = { UV_BOOT_REASONS(ROW) };

/* By the return code of DIAGNOSE 308 alone. */
static const struct advice diagnose_advice[] = { UV_DIAG308_REASONS(DIAGNOSE_ROW) };

static const struct advice unknown_step_advice = {
	.reason = "the ultravisor refused the image for a reason that this loader does not know",
	.remedy = "look up rc and rrc, and see the log of the hypervisor",
};

static const struct advice unknown_diagnose_advice = {
	.reason = "the hypervisor gave a return code that this loader does not know",
	.remedy = "see the log of the hypervisor",
};

static const struct advice *find_step(uint16_t step, uint16_t rc, uint16_t rrc)
{
	const struct advice *end = ultravisor_advice +
		sizeof(ultravisor_advice) / sizeof(ultravisor_advice[0]);

	for (const struct advice *a = ultravisor_advice; a < end; a++)
		if (a->call == STEP_CALL(step) && a->rc == rc &&
		    (a->rrc == rrc || a->rrc == UV_ANY_RRC))
			return a;
	return &unknown_step_advice;
}

static const struct advice *find_diagnose(uint16_t code)
{
	const struct advice *end = diagnose_advice +
		sizeof(diagnose_advice) / sizeof(diagnose_advice[0]);

	for (const struct advice *a = diagnose_advice; a < end; a++)
		if (a->rc == code)
			return a;
	return &unknown_diagnose_advice;
}

static const char *step_name(uint16_t step)
{
	switch (step) {
	case STEP_HEADER:
		return "accept the Secure Execution header";
	case STEP_UNPACK:
		return "unpack the image";
	case STEP_VERIFY:
		return "verify the unpacked image";
	default:
		return "become a protected guest";
	}
}

static void set_first_lines(struct boot_failure *failure, uint16_t result,
			    const char *step)
{
	line_start(&failure->lines[0], "Protected boot failed: ");
	line_add_hex(&failure->lines[0], result, 4);
	line_start(&failure->lines[1], "  at the step: ");
	line_add(&failure->lines[1], step);
}

static void set_advice(struct boot_failure *failure, const char *reason,
		       const char *remedy)
{
	line_start(&failure->lines[2], "  reason: ");
	line_add(&failure->lines[2], reason);
	line_start(&failure->lines[3], "  remedy: ");
	line_add(&failure->lines[3], remedy);
}

void boot_failure_no_facility(struct boot_failure *failure)
{
	line_start(&failure->lines[0],
		   "Protected boot failed: this machine offers no Secure Execution");
	line_start(&failure->lines[1], "  at the step: check for facility 161 (unpack)");
	set_advice(failure,
		   "the image is encrypted, and only an ultravisor can start it",
		   "use a KVM host with Secure Execution (prot_virt=1), or 'ultraviolet run'");
}

void boot_failure_no_arguments(struct boot_failure *failure)
{
	line_start(&failure->lines[0],
		   "Protected boot failed: the boot loader has no Secure Execution header");
	line_start(&failure->lines[1], "  at the step: read the boot loader's arguments");
	set_advice(failure, "the image was not put together to the end", UV_CREATE_AGAIN);
}

void boot_failure_block(struct boot_failure *failure, uint64_t code)
{
	const uint16_t result = (uint16_t)code;
	const struct advice *advice = find_diagnose(result);

	set_first_lines(failure, result, "hand over the IPL parameter block (DIAG 308/8, ");
	line_add_hex(&failure->lines[1], code, 16);
	line_add(&failure->lines[1], ")");
	set_advice(failure, advice->reason, advice->remedy);
}

void boot_failure_unpack(struct boot_failure *failure, uint64_t code)
{
	const uint16_t step = (uint16_t)(code >> 48);
	const uint16_t rrc = (uint16_t)(code >> 32);
	const uint16_t rc = (uint16_t)(code >> 16);
	const uint16_t result = (uint16_t)code;
	const bool details = step != STEP_UNKNOWN || rc != 0;
	const struct advice *advice = details ? find_step(step, rc, rrc)
					      : find_diagnose(result);

	set_first_lines(failure, result, step_name(step));
	line_add(&failure->lines[1], " (DIAG 308/10, rc ");
	line_add_hex(&failure->lines[1], rc, 4);
	line_add(&failure->lines[1], ", rrc ");
	line_add_hex(&failure->lines[1], rrc, 4);
	line_add(&failure->lines[1], ")");
	set_advice(failure, advice->reason, advice->remedy);
	if (!details)
		line_add(&failure->lines[2], " (the hypervisor gave no details)");
}
