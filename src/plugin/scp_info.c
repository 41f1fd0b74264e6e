/* SPDX-License-Identifier: MIT */
#include "plugin/scp_info.h"

#include <string.h>

#define RESPONSE_COMPLETE 0x0010

/* Where QEMU puts the CPUs when it has no bytes behind 127 to fill. */
#define CPUS_OF_SHORT_BLOCK 128

/* Gives the facility bytes a place: they would lie in the entry of CPU 0. */
static bool move_cpus(struct scp_info *info, size_t size)
{
	size_t cpus_size = (size_t)be16_get(info->cpu_count) * SCP_CPU_SIZE;
	uint8_t *bytes = (uint8_t *)info;

	if (sizeof(*info) + cpus_size > size)
		return false;
	memmove(bytes + sizeof(*info), bytes + CPUS_OF_SHORT_BLOCK, cpus_size);
	memset(bytes + CPUS_OF_SHORT_BLOCK, 0, sizeof(*info) - CPUS_OF_SHORT_BLOCK);
	info->cpu_offset = be16(sizeof(*info));
	return true;
}

bool scp_info_show(uint8_t *bytes, size_t size, unsigned facilities)
{
	struct scp_info *info = (struct scp_info *)bytes;
	uint16_t ipl;

	if (size < sizeof(*info) || be16_get(info->response) != RESPONSE_COMPLETE)
		return false;
	if (be16_get(info->cpu_offset) < sizeof(*info) &&
	    (be16_get(info->cpu_offset) != CPUS_OF_SHORT_BLOCK || !move_cpus(info, size)))
		return false;
	ipl = be16_get(info->ipl_facilities) & (uint16_t) ~(SCP_IPL_SIPL | SCP_IPL_SCLAF);
	if (facilities & SCP_SIPL)
		ipl |= SCP_IPL_SIPL;
	if (facilities & SCP_SCLAF)
		ipl |= SCP_IPL_SCLAF;
	info->ipl_facilities = be16(ipl);
	info->facilities_134 &= (uint8_t)~SCP_134_CSTORE;
	if (facilities & SCP_CSTORE)
		info->facilities_134 |= SCP_134_CSTORE;
	return true;
}
