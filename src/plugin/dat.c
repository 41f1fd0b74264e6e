/* SPDX-License-Identifier: MIT */
#include "plugin/dat.h"

#include "base/be.h"

/* Bits of an address-space-control element. */
#define ASCE_ORIGIN (~UINT64_C(0xfff))
#define ASCE_PRIVATE_SPACE UINT64_C(0x100)
#define ASCE_REAL_SPACE UINT64_C(0x20)
#define ASCE_TYPE(asce) ((unsigned)((asce) >> 2 & 3))
#define ASCE_LENGTH(asce) ((unsigned)((asce) & 3))

/* Bits of region- and segment-table entries. */
#define ENTRY_LARGE UINT64_C(0x400)
#define ENTRY_PROTECTED UINT64_C(0x200)
#define ENTRY_INVALID UINT64_C(0x20)
#define ENTRY_TYPE(entry) ((unsigned)((entry) >> 2 & 3))
#define ENTRY_OFFSET(entry) ((unsigned)((entry) >> 6 & 3))
#define ENTRY_LENGTH(entry) ((unsigned)((entry) & 3))
#define PAGE_TABLE_ORIGIN (~UINT64_C(0x7ff))

/* Bits of page-table entries. */
#define PAGE_INVALID UINT64_C(0x400)
#define PAGE_PROTECTED UINT64_C(0x200)
#define PAGE_MUST_BE_ZERO UINT64_C(0x800)

#define PAGE_MASK_4K UINT64_C(0xfff)
#define PREFIX_AREA UINT64_C(0x2000)

/* Bits of a translation-exception identification. */
#define TEID_FETCH UINT64_C(0x800)
#define TEID_STORE UINT64_C(0x400)
#define TEID_LOW_PROTECTION UINT64_C(0x80)
#define TEID_DAT_PROTECTION UINT64_C(0x04)

struct walk {
	const struct dat_context *dat;
	uint64_t address;
	enum dat_access access;
	struct access_fault *fault;
	bool protected;
};

static bool fault_plain(struct walk *walk, uint16_t code)
{
	*walk->fault = (struct access_fault){ .code = code };
	return false;
}

static uint64_t teid_of(const struct walk *walk)
{
	return (walk->address & ~PAGE_MASK_4K) |
	       (walk->access == DAT_STORE ? TEID_STORE : TEID_FETCH) |
	       (walk->dat->dat ? walk->dat->space : 0);
}

static bool fault_translation(struct walk *walk, uint16_t code)
{
	*walk->fault = (struct access_fault){
		.code = code, .nullifying = true,
		.has_teid = true, .teid = teid_of(walk),
	};
	return false;
}

static bool fault_protection(struct walk *walk, uint64_t reason)
{
	*walk->fault = (struct access_fault){
		.code = PGM_PROTECTION,
		.has_teid = true, .teid = teid_of(walk) | reason,
	};
	return false;
}

/* The exception of an invalid entry, or of an index outside its table, by level. */
static uint16_t translation_code(unsigned level)
{
	static const uint16_t codes[] = {
		PGM_SEGMENT_TRANSLATION,
		PGM_REGION_THIRD_TRANSLATION,
		PGM_REGION_SECOND_TRANSLATION,
		PGM_REGION_FIRST_TRANSLATION,
	};

	return codes[level];
}

/* The 11 bits of the address that index the table of a level (0 = segment). */
static unsigned table_index(uint64_t address, unsigned level)
{
	return (unsigned)(address >> (20 + 11 * level)) & 0x7ff;
}

static bool walk_page(struct walk *walk, uint64_t segment, uint64_t *real)
{
	uint64_t origin = segment & PAGE_TABLE_ORIGIN;
	uint64_t at = origin + (walk->address >> 12 & 0xff) * 8;
	uint64_t entry;

	if (!walk->dat->read_entry(walk->dat->storage, at, &entry))
		return fault_plain(walk, PGM_ADDRESSING);
	if (entry & PAGE_INVALID)
		return fault_translation(walk, PGM_PAGE_TRANSLATION);
	if (entry & PAGE_MUST_BE_ZERO)
		return fault_plain(walk, PGM_TRANSLATION_SPECIFICATION);
	if (entry & PAGE_PROTECTED)
		walk->protected = true;
	*real = (entry & ~PAGE_MASK_4K) | (walk->address & PAGE_MASK_4K);
	return true;
}

/* Frames above 4 KiB: 1 MiB in a segment entry, 2 GiB in a region-third one. */
static bool is_large(const struct walk *walk, uint64_t entry, unsigned level)
{
	return walk->dat->large_frames && level <= 1 && (entry & ENTRY_LARGE);
}

/* From the table of @level at @origin, whose first and last quarters are given. */
static bool walk_tables(struct walk *walk, uint64_t origin, unsigned level,
			unsigned first, unsigned last, uint64_t *real)
{
	for (;;) {
		unsigned index = table_index(walk->address, level);
		uint64_t entry;

		if (index >> 9 < first || index >> 9 > last)
			return fault_translation(walk, translation_code(level));
		if (!walk->dat->read_entry(walk->dat->storage, origin + index * 8,
					   &entry))
			return fault_plain(walk, PGM_ADDRESSING);
		if (entry & ENTRY_INVALID)
			return fault_translation(walk, translation_code(level));
		if (ENTRY_TYPE(entry) != level)
			return fault_plain(walk, PGM_TRANSLATION_SPECIFICATION);
		if ((entry & ENTRY_PROTECTED) &&
		    (level == 0 || walk->dat->large_frames))
			walk->protected = true;
		if (is_large(walk, entry, level)) {
			uint64_t frame = (UINT64_C(1) << (20 + 11 * level)) - 1;

			*real = (entry & ~frame) | (walk->address & frame);
			return true;
		}
		if (level == 0)
			return walk_page(walk, entry, real);
		origin = entry & ASCE_ORIGIN;
		first = ENTRY_OFFSET(entry);
		last = ENTRY_LENGTH(entry);
		level--;
	}
}

static bool walk_space(struct walk *walk, uint64_t *real)
{
	uint64_t asce = walk->dat->asce;
	unsigned level = ASCE_TYPE(asce);

	if (asce & ASCE_REAL_SPACE) {
		*real = walk->address;
		return true;
	}
	/* What lies above the bits that the top table indexes has to be zero. */
	if (level < 3 && walk->address >> (31 + 11 * level) != 0)
		return fault_translation(walk, PGM_ASCE_TYPE);
	return walk_tables(walk, asce & ASCE_ORIGIN, level, 0, ASCE_LENGTH(asce),
			   real);
}

/* Prefixing: the prefix area and the first 8 KiB change places. */
static uint64_t real_to_absolute(uint64_t prefix, uint64_t real)
{
	if (real < PREFIX_AREA)
		return real + prefix;
	if (real - prefix < PREFIX_AREA)
		return real - prefix;
	return real;
}

static bool hits_low_storage(const struct walk *walk)
{
	const struct dat_context *dat = walk->dat;

	if (walk->access != DAT_STORE || !dat->low_protection ||
	    (dat->dat && (dat->asce & ASCE_PRIVATE_SPACE)))
		return false;
	return (walk->address & ~UINT64_C(0x1000)) < 512;
}

bool dat_translate(const struct dat_context *dat, uint64_t address,
		   enum dat_access access, uint64_t *absolute,
		   struct access_fault *fault)
{
	struct walk walk = {
		.dat = dat, .address = address & dat->address_mask,
		.access = access, .fault = fault,
	};
	uint64_t real = walk.address, ignored;

	if (hits_low_storage(&walk))
		return fault_protection(&walk, TEID_LOW_PROTECTION);
	if (dat->dat && !walk_space(&walk, &real))
		return false;
	if (access == DAT_STORE && walk.protected)
		return fault_protection(&walk, TEID_DAT_PROTECTION);
	*absolute = real_to_absolute(dat->prefix, real);
	if (!dat->read_entry(dat->storage, *absolute & ~UINT64_C(7), &ignored))
		return fault_plain(&walk, PGM_ADDRESSING);
	return true;
}
