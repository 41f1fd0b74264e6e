/* SPDX-License-Identifier: MIT */
/* DIAGNOSE: which of its functions are ours. */
#include "plugin/handlers.h"
#include "plugin/start.h"

bool diag_may_be(const uint8_t text[SITE_TEXT_SIZE], unsigned function)
{
	unsigned base = text[2] >> 4;
	unsigned displacement = (text[2] & 0xfU) << 8 | text[3];

	return base != 0 || displacement == function;
}

bool diag_may_be_ours(const struct site *site)
{
	return diag_may_be(site->text, DIAG_IPL) || diag_may_be(site->text, START_TRAP) ||
	       (site->firmware->secure_ipl.offered &&
		(diag_may_be(site->text, DIAG_CERTIFICATE_STORE) ||
		 diag_may_be(site->text, DIAG_IPL_EXTENSIONS)));
}

void on_diag(unsigned index, void *data)
{
	struct site *site = data;
	struct vcpu *vcpu = &site->firmware->vcpus[index];
	uint64_t function;

	count(&site->firmware->counters.callbacks);
	follow_up_do(vcpu);
	vcpu->interruption.kind = INTERRUPTION_NONE;
	vcpu->own_reset = OWN_RESET_NONE;
	if (psw_mask() & PSW_PROBLEM_STATE)
		return;
	function = site_operand_address(site) & 0xffff;
	switch (function) {
	case START_TRAP:
		start_finish(vcpu);
		break;
	case DIAG_IPL:
		diag_ipl(vcpu, site);
		break;
	case DIAG_CERTIFICATE_STORE:
	case DIAG_IPL_EXTENSIONS:
		diag_secure_ipl(vcpu, site, (unsigned)function);
		break;
	}
}
