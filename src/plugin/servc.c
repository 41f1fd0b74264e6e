/* SPDX-License-Identifier: MIT */
/*
 * SERVICE CALL: QEMU executes it, and the facilities of Secure IPL are added to
 * what READ SCP INFORMATION has stored. See docs/reference/secure-ipl.md,
 * "Facilities".
 */
#include "plugin/handlers.h"
#include "plugin/scp_info.h"

/* Bits of the register with the block's address that QEMU looks at. */
#define SCCB_ADDRESS UINT64_C(0x7ffffff8)

void on_servc(unsigned index, void *data)
{
	struct site *site = data;
	struct firmware *firmware = site->firmware;
	struct vcpu *vcpu = &firmware->vcpus[index];
	uint32_t command = (uint32_t)general_register(site->text[3] >> 4);

	count(&firmware->counters.callbacks);
	follow_up_do(vcpu);
	if (firmware_is_protected(firmware) || (psw_mask() & PSW_PROBLEM_STATE) ||
	    (command != SCLP_READ_SCP_INFO && command != SCLP_READ_SCP_INFO_FORCED))
		return;
	vcpu->follow_up.kind = FOLLOW_UP_SCP_INFO;
	vcpu->follow_up.address = general_register(site->text[3] & 0xf) & SCCB_ADDRESS;
}
