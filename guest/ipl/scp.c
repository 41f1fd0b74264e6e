/* SPDX-License-Identifier: MIT */
#include "scp.h"

#include "lib/sclp.h"
#include "plugin/scp_info.h"

#define RESPONSE_COMPLETE 0x0010

static uint64_t storage_size(const struct scp_info *info)
{
	uint64_t increments = be16_get(info->increments);
	uint64_t mib = info->increment_mib;

	if (increments == 0)
		increments = be64_get(info->more_increments);
	if (mib == 0)
		mib = be32_get(info->large_increment_mib);
	return increments * mib << 20;
}

bool scp_read(struct scp *scp)
{
	static union {
		struct sccb sccb;
		struct scp_info info;
		uint8_t page[SCCB_SIZE];
	} block __attribute__((aligned(SCCB_SIZE)));
	const struct scp_info *info = &block.info;

	block.sccb.length = be16(sizeof(block));
	if (sclp_call(SCLP_READ_SCP_INFO, &block.sccb) != RESPONSE_COMPLETE)
		return false;
	scp->storage_size = storage_size(info);
	/* Otherwise the CPUs lie where the facility bytes would be. */
	if (be16_get(info->cpu_offset) >= sizeof(*info)) {
		scp->cstore = info->facilities_134 & SCP_134_CSTORE;
		scp->sipl = be16_get(info->ipl_facilities) & SCP_IPL_SIPL;
		scp->sclaf = be16_get(info->ipl_facilities) & SCP_IPL_SCLAF;
	}
	return true;
}
