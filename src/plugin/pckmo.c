/* SPDX-License-Identifier: MIT */
/*
 * QEMU executes PCKMO; in a protected guest, the status that its query stores is
 * cut down to what the image allows, each byte as soon as it is stored. See
 * docs/reference/engine.md, "Functions of PCKMO".
 */
#include "plugin/handlers.h"
#include "plugin/pckmo.h"

#define FUNCTION_CODE 0x7f /* in general register 0 */

void on_pckmo(unsigned index, void *data)
{
	struct site *site = data;
	struct firmware *firmware = site->firmware;
	struct pckmo_query *query = &firmware->vcpus[index].pckmo;
	uint64_t handle = atomic_load(&firmware->configuration);
	struct uv_status status;

	count(&firmware->counters.callbacks);
	query->masked = handle && (general_register(0) & FUNCTION_CODE) == PCKMO_QUERY &&
			uv_configuration_status(firmware->uv, handle, &status);
	if (!query->masked)
		return;
	query->block = general_register(1);
	pckmo_allowed(query->allowed, status.pcf);
}

void on_pckmo_store(unsigned index, uint32_t info, uint64_t address, void *data)
{
	struct site *site = data;
	const struct pckmo_query *query = &site->firmware->vcpus[index].pckmo;
	uint64_t at = (address - query->block) & OPERAND_DISTANCE_MASK;

	if (query->masked && at < PCKMO_STATUS_SIZE)
		storage_amend(info, address, query->allowed[at], 0);
}
