/* SPDX-License-Identifier: MIT */
/*
 * Facility bits of protected virtualization in what STORE FACILITY LIST
 * EXTENDED stores. QEMU executes the instruction; the byte with such a bit is
 * corrected as soon as it is stored, so the guest never sees the list without
 * it. See docs/reference/engine.md, "Facility bits".
 */
#include "plugin/handlers.h"

/* Ultravisor calls: shown to a protected guest. */
#define FACILITY_UVC 158
/* DIAG 308 subcodes 8 to 10: shown to a normal guest. */
#define FACILITY_UNPACK 161

void on_stfle(unsigned index, void *data)
{
	struct site *site = data;

	count(&site->firmware->counters.callbacks);
	site->firmware->vcpus[index].stfle_operand = site_operand_address(site);
}

void on_stfle_store(unsigned index, uint32_t info, uint64_t address, void *data)
{
	struct site *site = data;
	struct firmware *firmware = site->firmware;
	unsigned facility = firmware_is_protected(firmware) ? FACILITY_UVC :
							      FACILITY_UNPACK;
	uint8_t bit = (uint8_t)(0x80 >> facility % 8);
	uint64_t at = (address - firmware->vcpus[index].stfle_operand) &
		      OPERAND_DISTANCE_MASK;

	if (firmware->arguments.protectable && at == facility / 8)
		storage_amend(info, address, 0xff, bit);
}
