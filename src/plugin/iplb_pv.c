/* SPDX-License-Identifier: MIT */
#include "plugin/iplb_pv.h"

#include "image/se_header.h"

static const char *header_defect(const struct ipib *block, uint64_t storage_size)
{
	uint64_t address = be64_get(block->header_address);
	uint64_t size = be64_get(block->header_size);

	if (size > SE_HEADER_MAX_SIZE)
		return "its SE header is longer than two pages";
	if (address > storage_size || size > storage_size - address)
		return "its SE header lies outside storage";
	return NULL;
}

static const char *components_defect(const struct ipib *block)
{
	const struct ipib_component *component = iplb_pv_components(block);
	uint32_t count = be32_get(block->component_count);
	uint32_t total = be32_get(block->total_size);

	if (count == 0)
		return "it names no components";
	if (count > (total - sizeof(*block)) / sizeof(*component))
		return "its components do not fit its length";
	for (uint32_t i = 0; i < count; i++) {
		if (be64_get(component[i].address) % UV_PAGE_SIZE)
			return "a component is not aligned to a page";
		if (i > 0 && be64_get(component[i].tweak_prefix) <=
				     be64_get(component[i - 1].tweak_prefix))
			return "the tweaks of its components do not ascend";
	}
	return NULL;
}

const char *iplb_pv_defect(const struct ipib *block, uint64_t storage_size)
{
	uint32_t total = be32_get(block->total_size);
	const char *defect;

	if (total > IPIB_MAX_SIZE)
		return "it is longer than a page";
	if (block->type != IPIB_TYPE_PV)
		return "it is not of type 5";
	if (total < IPIB_MIN_SIZE)
		return "it is too short";
	defect = header_defect(block, storage_size);
	return defect ? defect : components_defect(block);
}
