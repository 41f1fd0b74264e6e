/* SPDX-License-Identifier: MIT */
#include "plugin/guest_access.h"

#include "base/be.h"
#include "plugin/registers.h"
#include "plugin/storage.h"

#define CR0_LOW_PROTECTION MSB0(35)
#define CR0_ENHANCED_DAT MSB0(40)
#define PREFIX_BITS UINT64_C(0x7fffe000)

static bool read_entry(void *storage, uint64_t absolute, uint64_t *entry)
{
	be64_t bytes;

	(void)storage;
	if (!storage_read(absolute, &bytes, sizeof(bytes)))
		return false;
	*entry = be64_get(bytes);
	return true;
}

static uint64_t address_mask(uint64_t psw)
{
	if ((psw & PSW_64BIT) == PSW_64BIT)
		return UINT64_MAX;
	return psw & PSW_31BIT ? UINT64_C(0x7fffffff) : UINT64_C(0xffffff);
}

static unsigned asce_register(enum dat_space space)
{
	switch (space) {
	case DAT_SECONDARY:
		return 7;
	case DAT_HOME:
		return 13;
	default:
		return 1;
	}
}

static struct dat_context context_of(enum dat_space space)
{
	uint64_t psw = psw_mask();
	uint64_t cr0 = control_register(0);

	return (struct dat_context){
		.dat = psw & PSW_DAT,
		.space = space,
		.low_protection = cr0 & CR0_LOW_PROTECTION,
		.large_frames = cr0 & CR0_ENHANCED_DAT,
		.asce = control_register(asce_register(space)),
		.prefix = prefix_register() & PREFIX_BITS,
		.address_mask = address_mask(psw),
		.read_entry = read_entry,
	};
}

struct dat_context guest_home_context(void)
{
	return context_of(DAT_HOME);
}

struct dat_context guest_current_context(void)
{
	switch (psw_mask() & PSW_SPACE) {
	case PSW_SECONDARY_SPACE:
		return context_of(DAT_SECONDARY);
	case PSW_HOME_SPACE:
		return context_of(DAT_HOME);
	default:
		return context_of(DAT_PRIMARY);
	}
}

/* How many of @size bytes from @address on lie in its page. */
static size_t part_in_page(uint64_t address, size_t size)
{
	size_t left = STORAGE_PAGE - (size_t)(address % STORAGE_PAGE);

	return size < left ? size : left;
}

bool guest_read(const struct dat_context *dat, uint64_t address, void *data,
		size_t size, struct access_fault *fault)
{
	struct access_fault ignored;
	uint8_t *to = data;

	while (size > 0) {
		size_t part = part_in_page(address, size);
		uint64_t absolute;

		if (!dat_translate(dat, address, DAT_FETCH, &absolute,
				   fault ? fault : &ignored))
			return false;
		storage_read(absolute, to, part);
		address += part;
		to += part;
		size -= part;
	}
	return true;
}

bool guest_can_write(const struct dat_context *dat, uint64_t address, size_t size,
		     struct access_fault *fault)
{
	uint64_t absolute;

	while (size > 0) {
		size_t part = part_in_page(address, size);

		if (!dat_translate(dat, address, DAT_STORE, &absolute, fault))
			return false;
		address += part;
		size -= part;
	}
	return true;
}

bool guest_write(const struct dat_context *dat, uint64_t address,
		 const void *data, size_t size)
{
	const uint8_t *from = data;
	struct access_fault ignored;

	if (!guest_can_write(dat, address, size, &ignored))
		return false;
	while (size > 0) {
		size_t part = part_in_page(address, size);
		uint64_t absolute;

		if (!dat_translate(dat, address, DAT_STORE, &absolute, &ignored))
			return false;
		storage_write(absolute, from, part);
		address += part;
		from += part;
		size -= part;
	}
	return true;
}

bool guest_range_take(struct guest_range *range, const struct dat_context *dat,
		      uint64_t address, size_t size, enum dat_access access,
		      struct access_fault *fault)
{
	uint64_t *page = range->pages;

	range->offset = (size_t)(address % STORAGE_PAGE);
	while (size > 0) {
		size_t part = part_in_page(address, size);

		if (!dat_translate(dat, address, access, page, fault))
			return false;
		*page -= *page % STORAGE_PAGE;
		page++;
		address += part;
		size -= part;
	}
	return true;
}

void guest_range_read(const struct guest_range *range, void *data, size_t size)
{
	const uint64_t *page = range->pages;
	size_t offset = range->offset;
	uint8_t *to = data;

	for (; size > 0; page++, offset = 0) {
		size_t part = part_in_page(offset, size);

		storage_read(*page + offset, to, part);
		to += part;
		size -= part;
	}
}

void guest_range_write(const struct guest_range *range, const void *data, size_t size)
{
	const uint64_t *page = range->pages;
	size_t offset = range->offset;
	const uint8_t *from = data;

	for (; size > 0; page++, offset = 0) {
		size_t part = part_in_page(offset, size);

		storage_write(*page + offset, from, part);
		from += part;
		size -= part;
	}
}
