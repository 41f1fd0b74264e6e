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

/*
 * Distances are counted modulo the smallest address space: in 24- and 31-bit
 * mode the operand address may have further bits that do not count.
 */
#define DISTANCE_MASK UINT64_C(0xffffff)

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
	struct qemu_plugin_hwaddr *where;
	uint64_t absolute;
	uint8_t byte;

	if (!firmware->arguments.protectable ||
	    ((address - firmware->vcpus[index].stfle_operand) & DISTANCE_MASK) !=
		    facility / 8)
		return;
	where = qemu_plugin_get_hwaddr(info, address);
	if (!where)
		return;
	absolute = qemu_plugin_hwaddr_phys_addr(where);
	if (!storage_read(absolute, &byte, sizeof(byte)))
		return;
	byte |= bit;
	storage_write(absolute, &byte, sizeof(byte));
}
