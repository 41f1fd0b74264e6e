/* SPDX-License-Identifier: MIT */
/*
 * Address translation over tables that a guest made up: the first bytes say how
 * to translate, the rest is storage.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/be.h"
#include "plugin/dat.h"

struct setting {
	be64_t asce;
	be64_t address;
	be64_t prefix;
	uint8_t flags;
};

struct storage {
	const uint8_t *bytes;
	size_t size;
	unsigned reads;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_entry(void *context, uint64_t absolute, uint64_t *entry)
{
	struct storage *storage = context;
	be64_t bytes;

	/* Five tables, and the byte itself. */
	if (++storage->reads > 6)
		abort();
	if (storage->size < sizeof(bytes) || absolute > storage->size - sizeof(bytes))
		return false;
	memcpy(&bytes, storage->bytes + absolute, sizeof(bytes));
	*entry = be64_get(bytes);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct storage storage;
	struct access_fault fault = { 0 };
	struct dat_context dat;
	struct setting setting;
	uint64_t absolute;

	if (size < sizeof(setting))
		return 0;
	memcpy(&setting, data, sizeof(setting));
	storage = (struct storage){ data + sizeof(setting), size - sizeof(setting), 0 };
	dat = (struct dat_context){
		.dat = setting.flags & 1,
		.low_protection = setting.flags & 2,
		.large_frames = setting.flags & 4,
		.asce = be64_get(setting.asce),
		.prefix = be64_get(setting.prefix) & 0x7fffe000,
		.address_mask = setting.flags & 8 ? 0x7fffffff : UINT64_MAX,
		.read_entry = read_entry,
		.storage = &storage,
	};
	if (dat_translate(&dat, be64_get(setting.address),
			  setting.flags & 16 ? DAT_STORE : DAT_FETCH, &absolute, &fault)) {
		/* A byte that is there, or the checks were for nothing. */
		if (absolute >= storage.size)
			abort();
	} else if (fault.code == 0) {
		abort();
	}
	return 0;
}
