/* SPDX-License-Identifier: MIT */
/*
 * First boot stage of a Secure Execution image. It runs as a normal guest and
 * asks the hypervisor to turn the guest into the protected one that the image
 * holds. See docs/reference/se-image.md, "Boot stages".
 */
#include "boot_failure.h"
#include "image/boot_args.h"
#include "image/ipib.h"
#include "lib/cpu.h"
#include "lib/diag308.h"
#include "lib/facility.h"
#include "stop.h"

/* The last bytes of the stage; the image creator fills them in. */
extern const struct stage3a_args stage3a_args LINKED_HERE;

noreturn void stage3a_main(void);

static noreturn void fail(const struct boot_failure *failure, enum stop_reason reason)
{
	for (unsigned i = 0; i < BOOT_FAILURE_LINES; i++)
		say(failure->lines[i].text);
	disabled_wait(reason);
}

/* Tells where the header lies, in the block that goes to the hypervisor. */
static struct ipib *ipib_complete(const struct stage3a_args *args)
{
	const uint64_t base = (uint64_t)args;
	struct ipib *ipib = (struct ipib *)(base + be64_get(args->ipib_offset));

	ipib->header_address = be64(base + be64_get(args->header_offset));
	ipib->header_size = args->header_size;
	return ipib;
}

noreturn void stage3a_main(void)
{
	struct boot_failure failure;
	struct ipib *ipib;
	uint64_t code;

	stop_on_program_check();
	if (!facility_installed(FACILITY_UNPACK)) {
		boot_failure_no_facility(&failure);
		fail(&failure, STOP_NO_FACILITY);
	}
	if (be64_get(stage3a_args.header_size) == 0) {
		boot_failure_no_arguments(&failure);
		fail(&failure, STOP_INTERNAL);
	}
	ipib = ipib_complete(&stage3a_args);
	code = diag308(DIAG308_SET_PV_IPIB, (uint64_t)ipib);
	if (code != DIAG308_OK) {
		boot_failure_block(&failure, code);
		fail(&failure, STOP_PV_SETUP);
	}
	/* Does not return when the protected guest starts. */
	code = diag308(DIAG308_UNPACK, 0);
	boot_failure_unpack(&failure, code);
	fail(&failure, STOP_PV_SETUP);
}
