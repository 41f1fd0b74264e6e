/* SPDX-License-Identifier: MIT */
/* The half of interruption.h that needs a vCPU. */
#include <stddef.h>

#include "plugin/interruption.h"
#include "plugin/registers.h"
#include "plugin/storage.h"

#define PSW_SIZE 16 /* of mask and address */

static uint64_t lowcore_address(void)
{
	return prefix_register() + LOWCORE_PROGRAM_OFFSET;
}

bool interruption_complete(struct interruption *interruption, uint16_t raised,
			   uint64_t next, unsigned cc)
{
	struct lowcore_program *lowcore = &interruption->lowcore;
	struct {
		be64_t mask, address;
	} psw = { be64(psw_mask()), be64(next) };
	uint64_t address = lowcore_address();

	if (!storage_read(address, lowcore, sizeof(*lowcore)) ||
	    !storage_write(address + offsetof(struct lowcore_program, new_psw_mask),
			   &psw, sizeof(psw)))
		return false;
	interruption->kind = INTERRUPTION_COMPLETE;
	interruption->raised = raised;
	interruption->cc = cc;
	interruption->register_count = 0;
	return true;
}

static void store_part(uint64_t address, const struct lowcore_program *lowcore,
		       size_t offset, size_t size)
{
	storage_write(address + offset, (const uint8_t *)lowcore + offset, size);
}

/*
 * Stores what a program interruption stores, and nothing else: to the rest
 * another CPU may store at the same time.
 */
static void store_interruption(uint64_t address, const struct lowcore_program *lowcore)
{
	const size_t first = offsetof(struct lowcore_program, length);
	const size_t end = offsetof(struct lowcore_program, others_0b0);

	store_part(address, lowcore, first, end - first);
	store_part(address, lowcore, offsetof(struct lowcore_program, breaking_event),
		   sizeof(lowcore->breaking_event));
	store_part(address, lowcore, offsetof(struct lowcore_program, old_psw_mask),
		   PSW_SIZE);
}

static void finish(const struct interruption *interruption,
		   const struct lowcore_program *stored, uint64_t address)
{
	store_interruption(address, &interruption->lowcore);
	store_part(address, &interruption->lowcore,
		   offsetof(struct lowcore_program, new_psw_mask), PSW_SIZE);
	set_psw_mask(interruption_completed_mask(interruption, stored));
}

void interruption_deliver(struct interruption *interruption)
{
	enum interruption_kind kind = interruption->kind;
	struct lowcore_program stored;
	uint64_t address;

	if (kind == INTERRUPTION_NONE)
		return;
	interruption->kind = INTERRUPTION_NONE;
	for (unsigned i = 0; i < interruption->register_count; i++)
		set_general_register(interruption->registers[i].number,
				     interruption->registers[i].value);
	address = lowcore_address();
	if (!storage_read(address, &stored, sizeof(stored)))
		return;
	if (kind == INTERRUPTION_COMPLETE)
		finish(interruption, &stored, address);
	else if (interruption_correct(&stored, interruption))
		store_interruption(address, &stored);
}
