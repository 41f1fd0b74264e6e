/* SPDX-License-Identifier: MIT */
#include "boot_failure.h"

#include "lib/diag308.h"
#include "ultravisor/return_codes.h"

enum unpack_step {
	STEP_UNKNOWN = 0,
	STEP_HEADER = 2,
	STEP_UNPACK = 3,
	STEP_VERIFY = 4,
};

#define ANY_RRC 0xffff

/* Reason and remedy for a code; the first entry that fits counts. */
struct advice {
	uint16_t step; /* STEP_UNKNOWN fits every step */
	uint16_t rc;
	uint16_t rrc;
	const char *reason;
	const char *remedy;
};

#define AGAIN "create the image again, or fetch a fresh copy of it"

static const struct advice ultravisor_advice[] = {
	{ STEP_HEADER, UV_RC_HEADER_VERSION, UV_RRC_HEADER_MAGIC,
	  "there is no Secure Execution header where the boot loader was told it is",
	  AGAIN },
	{ STEP_HEADER, UV_RC_HEADER_VERSION, ANY_RRC,
	  "this machine does not know the version of the Secure Execution header",
	  "create the image for this generation of machines" },
	{ STEP_HEADER, UV_RC_HEADER_PCF, ANY_RRC,
	  "the header sets a plaintext control flag that this machine does not have",
	  "create the image without it (see /sys/firmware/uv/query/supp_se_hdr_pcf on the host)" },
	{ STEP_HEADER, UV_RC_HEADER_KEY, UV_RRC_NO_MATCHING_SLOT,
	  "the image was not made for this machine: no key slot fits its host key",
	  "create the image with the host key document of this machine" },
	{ STEP_HEADER, UV_RC_HEADER_KEY, UV_RRC_CUSTOMER_KEY,
	  "the customer public key in the header is not a valid point",
	  AGAIN },
	{ STEP_HEADER, UV_RC_HEADER_KEY, UV_RRC_BACKUP_KEY,
	  "a key slot fits the backup host key, which the image does not allow",
	  "create the image with the current host key document of this machine" },
	{ STEP_HEADER, UV_RC_HEADER_KEY, ANY_RRC,
	  "the key slot for this machine could not be opened",
	  AGAIN },
	{ STEP_HEADER, UV_RC_HEADER_SCF, ANY_RRC,
	  "the header sets a secret control flag that this machine does not have",
	  "create the image without it, or start it on a newer machine" },
	{ STEP_HEADER, UV_RC_HEADER_SIZE, UV_RRC_HEADER_LENGTH,
	  "the size of the header does not fit its content",
	  AGAIN },
	{ STEP_HEADER, UV_RC_HEADER_SIZE, UV_RRC_AREA_SIZE,
	  "the encrypted area of the header has a wrong size",
	  AGAIN },
	{ STEP_HEADER, UV_RC_HEADER_SIZE, UV_RRC_NO_SLOTS,
	  "the header has no key slots",
	  "create the image with at least one host key document" },
	{ STEP_HEADER, UV_RC_HEADER_SIZE, UV_RRC_HEADER_TAG,
	  "the header was changed after it was made (tag)",
	  AGAIN },
	{ STEP_HEADER, UV_RC_HEADER_SIZE, ANY_RRC,
	  "the header is damaged",
	  AGAIN },
	{ STEP_UNPACK, UV_RC_PAGE_NOT_MAPPED, ANY_RRC,
	  "a part of the image lies in storage that the guest does not have",
	  "give the guest more memory" },
	{ STEP_VERIFY, UV_RC_VERIFY, UV_RRC_ALD,
	  "the parts of the image do not lie where they were when it was made (ALD)",
	  AGAIN },
	{ STEP_VERIFY, UV_RC_VERIFY, UV_RRC_PLD,
	  "the content of the image was changed after it was made (PLD)",
	  AGAIN },
	{ STEP_VERIFY, UV_RC_VERIFY, UV_RRC_TLD,
	  "the tweaks of the image are not those it was made with (TLD)",
	  AGAIN },
	{ STEP_VERIFY, UV_RC_VERIFY, UV_RRC_PAGE_COUNT,
	  "the image has more or fewer pages than its header says",
	  AGAIN },
	{ STEP_VERIFY, UV_RC_VERIFY, ANY_RRC,
	  "the image is not the one that its header describes",
	  AGAIN },
};

static const struct advice unknown_step_advice = {
	.reason = "the ultravisor refused the image for a reason that this loader does not know",
	.remedy = "look up rc and rrc, and see the log of the hypervisor",
};

/* By the return code of DIAGNOSE 308 alone. */
static const struct advice diagnose_advice[] = {
	{ 0, DIAG308_NO_CONFIGURATION, ANY_RRC,
	  "the hypervisor has no IPL parameter block for this guest",
	  AGAIN },
	{ 0, DIAG308_INVALID_BLOCK, ANY_RRC,
	  "the hypervisor found the IPL parameter block invalid",
	  AGAIN },
	{ 0, DIAG308_NO_PV_CONFIGURATION, ANY_RRC,
	  "the hypervisor has no IPL parameter block of a protected guest",
	  "give the guest enough memory for the whole image, or create the image again" },
	{ 0, DIAG308_NOT_PROTECTED, ANY_RRC,
	  "the guest cannot become a protected one (the hypervisor gave no details)",
	  "check that the image was made for this machine; back the guest without huge pages" },
};

static const struct advice unknown_diagnose_advice = {
	.reason = "the hypervisor gave a return code that this loader does not know",
	.remedy = "see the log of the hypervisor",
};

static const struct advice *advice_find(const struct advice *table, size_t count,
					uint16_t step, uint16_t rc, uint16_t rrc,
					const struct advice *otherwise)
{
	for (const struct advice *a = table; a < table + count; a++) {
		if (a->rc == rc && (a->step == step || a->step == STEP_UNKNOWN) &&
		    (a->rrc == rrc || a->rrc == ANY_RRC))
			return a;
	}
	return otherwise;
}
#define ADVICE_FIND(table, step, rc, rrc, otherwise)                        \
	advice_find(table, sizeof(table) / sizeof((table)[0]), step, rc, rrc, \
		    otherwise)

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
	set_advice(failure, "the image was not put together to the end", AGAIN);
}

void boot_failure_block(struct boot_failure *failure, uint64_t code)
{
	const uint16_t result = (uint16_t)code;
	const struct advice *advice =
		ADVICE_FIND(diagnose_advice, STEP_UNKNOWN, result, 0,
			    &unknown_diagnose_advice);

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
	const struct advice *advice;

	if (step == STEP_UNKNOWN && rc == 0)
		advice = ADVICE_FIND(diagnose_advice, STEP_UNKNOWN, result, 0,
				     &unknown_diagnose_advice);
	else
		advice = ADVICE_FIND(ultravisor_advice, step, rc, rrc,
				     &unknown_step_advice);
	set_first_lines(failure, result, step_name(step));
	line_add(&failure->lines[1], " (DIAG 308/10, rc ");
	line_add_hex(&failure->lines[1], rc, 4);
	line_add(&failure->lines[1], ", rrc ");
	line_add_hex(&failure->lines[1], rrc, 4);
	line_add(&failure->lines[1], ")");
	set_advice(failure, advice->reason, advice->remedy);
}
