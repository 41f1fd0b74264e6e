/* SPDX-License-Identifier: MIT */
/* The half of interruption.h that needs a vCPU. */
#include "plugin/interruption.h"
#include "plugin/registers.h"
#include "plugin/storage.h"

void interruption_deliver(struct interruption *interruption)
{
	struct lowcore_program lowcore;
	uint64_t address;

	if (!interruption->pending)
		return;
	interruption->pending = false;
	address = prefix_register() + LOWCORE_PROGRAM_OFFSET;
	if (storage_read(address, &lowcore, sizeof(lowcore)) &&
	    interruption_correct(&lowcore, interruption))
		storage_write(address, &lowcore, sizeof(lowcore));
}
