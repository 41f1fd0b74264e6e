/* SPDX-License-Identifier: MIT */
#include "plugin/interruption.h"

#include "plugin/registers.h"

#define PGM_CODE_MASK 0x7f

void interruption_expect(struct interruption *interruption, uint16_t raised,
			 uint16_t code)
{
	struct access_fault fault = { .code = code };

	interruption_expect_fault(interruption, raised, &fault);
}

void interruption_expect_fault(struct interruption *interruption,
			       uint16_t raised, const struct access_fault *fault)
{
	*interruption = (struct interruption){
		.kind = INTERRUPTION_CORRECT, .raised = raised, .wanted = *fault,
	};
}

void interruption_set_register(struct interruption *interruption, unsigned number,
			       uint64_t value)
{
	unsigned index = interruption->register_count++;

	interruption->registers[index].number = number;
	interruption->registers[index].value = value;
}

bool interruption_correct(struct lowcore_program *lowcore,
			  const struct interruption *interruption)
{
	const struct access_fault *wanted = &interruption->wanted;
	uint16_t code = be16_get(lowcore->code);

	if ((code & PGM_CODE_MASK) != interruption->raised)
		return false;
	lowcore->code = be16((uint16_t)((code & ~PGM_CODE_MASK) | wanted->code));
	if (wanted->has_teid)
		lowcore->teid = be64(wanted->teid);
	if (wanted->nullifying)
		lowcore->old_psw_address =
			be64(be64_get(lowcore->old_psw_address) -
			     be16_get(lowcore->length));
	return true;
}

uint64_t interruption_completed_mask(const struct interruption *interruption,
				     const struct lowcore_program *stored)
{
	uint64_t mask = be64_get(stored->old_psw_mask);

	if (interruption->cc == KEEP_CONDITION_CODE)
		return mask;
	return (mask & ~PSW_CC) | (uint64_t)interruption->cc << PSW_CC_SHIFT;
}
