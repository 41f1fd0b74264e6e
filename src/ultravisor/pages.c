/* SPDX-License-Identifier: MIT */
#include "ultravisor/pages.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_SHIFT 12
#define MIB_SHIFT 20
#define GIB_SHIFT 30
#define PAGES_PER_MIB (1u << (MIB_SHIFT - PAGE_SHIFT))
#define PAGES_PER_GIB (1u << (GIB_SHIFT - PAGE_SHIFT))
#define MIBS_PER_GIB (1u << (GIB_SHIFT - MIB_SHIFT))
#define WORD_BITS 64
#define WORDS_PER_GIB (PAGES_PER_GIB / WORD_BITS)

/* The exported pages of one MiB; freed with the last of them. */
struct export_mib {
	unsigned used;
	struct export_record records[PAGES_PER_MIB]; /* number 0 = not exported */
};

struct page_gib {
	uint64_t shared[WORDS_PER_GIB]; /* one bit a page, from the right */
	struct export_mib *exported[MIBS_PER_GIB];
};

static size_t gib_of(uint64_t address)
{
	return (size_t)(address >> GIB_SHIFT);
}

static unsigned page_in_gib(uint64_t address)
{
	return (unsigned)(address >> PAGE_SHIFT) % PAGES_PER_GIB;
}

static unsigned mib_in_gib(uint64_t address)
{
	return (unsigned)(address >> MIB_SHIFT) % MIBS_PER_GIB;
}

static unsigned page_in_mib(uint64_t address)
{
	return (unsigned)(address >> PAGE_SHIFT) % PAGES_PER_MIB;
}

bool pages_init(struct page_table *pages, uint64_t storage_size)
{
	uint64_t gibs = (storage_size >> GIB_SHIFT) +
			(storage_size % (UINT64_C(1) << GIB_SHIFT) != 0);

	*pages = (struct page_table){ .storage_size = storage_size,
				      .gib_count = (size_t)gibs };
	pages->gibs = calloc(pages->gib_count, sizeof(struct page_gib *));
	return pages->gibs != NULL;
}

static void free_gib(struct page_gib *gib)
{
	if (!gib)
		return;
	for (unsigned i = 0; i < MIBS_PER_GIB; i++)
		free(gib->exported[i]);
	free(gib);
}

void pages_free(struct page_table *pages)
{
	for (size_t i = 0; i < pages->gib_count && pages->gibs; i++)
		free_gib(pages->gibs[i]);
	free(pages->gibs);
	*pages = (struct page_table){ 0 };
}

/* The state of the GiB around @address, made when there is none yet. */
static struct page_gib *need_gib(struct page_table *pages, uint64_t address)
{
	struct page_gib **gib = &pages->gibs[gib_of(address)];

	if (!*gib)
		*gib = calloc(1, sizeof(**gib));
	return *gib;
}

bool pages_is_shared(const struct page_table *pages, uint64_t address)
{
	const struct page_gib *gib = pages->gibs[gib_of(address)];
	unsigned page = page_in_gib(address);

	return gib && gib->shared[page / WORD_BITS] >> (page % WORD_BITS) & 1;
}

bool pages_set_shared(struct page_table *pages, uint64_t address, bool shared)
{
	unsigned page = page_in_gib(address);
	struct page_gib *gib;

	if (pages_is_shared(pages, address) == shared)
		return true;
	gib = need_gib(pages, address);
	if (!gib)
		return false;
	gib->shared[page / WORD_BITS] ^= UINT64_C(1) << (page % WORD_BITS);
	if (shared)
		pages->shared++;
	else
		pages->shared--;
	return true;
}

void pages_unshare_all(struct page_table *pages)
{
	for (size_t i = 0; i < pages->gib_count; i++) {
		struct page_gib *gib = pages->gibs[i];

		if (gib)
			memset(gib->shared, 0, sizeof(gib->shared));
	}
	pages->shared = 0;
}

/*
 * The first page of @gib at or behind @page whose shared bit is @wanted;
 * PAGES_PER_GIB when there is none. A GiB without state has no shared page.
 */
static unsigned find_in_gib(const struct page_gib *gib, unsigned page, bool wanted)
{
	if (!gib)
		return wanted ? PAGES_PER_GIB : page;
	while (page < PAGES_PER_GIB) {
		uint64_t word = gib->shared[page / WORD_BITS];

		if (!wanted)
			word = ~word;
		word >>= page % WORD_BITS;
		if (word)
			return page + (unsigned)__builtin_ctzll(word);
		page = (page / WORD_BITS + 1) * WORD_BITS;
	}
	return PAGES_PER_GIB;
}

/* The address of the first page at or behind @from in that state, or the end. */
static uint64_t find_page(const struct page_table *pages, uint64_t from, bool wanted)
{
	unsigned page = page_in_gib(from);

	for (size_t i = gib_of(from); i < pages->gib_count; i++, page = 0) {
		unsigned found = find_in_gib(pages->gibs[i], page, wanted);

		if (found < PAGES_PER_GIB)
			return ((uint64_t)i << GIB_SHIFT) +
			       ((uint64_t)found << PAGE_SHIFT);
	}
	return pages->storage_size;
}

bool pages_next_shared(const struct page_table *pages, uint64_t from,
		       uint64_t *address, uint64_t *size)
{
	uint64_t end;

	*address = find_page(pages, from, true);
	if (*address >= pages->storage_size)
		return false;
	end = find_page(pages, *address, false);
	if (end > pages->storage_size)
		end = pages->storage_size;
	*size = end - *address;
	return true;
}

const struct export_record *pages_exported(const struct page_table *pages,
					   uint64_t address)
{
	const struct page_gib *gib = pages->gibs[gib_of(address)];
	const struct export_mib *mib = gib ? gib->exported[mib_in_gib(address)] : NULL;
	const struct export_record *record =
		mib ? &mib->records[page_in_mib(address)] : NULL;

	return record && record->number ? record : NULL;
}

bool pages_set_exported(struct page_table *pages, uint64_t address,
			const struct export_record *record)
{
	struct page_gib *gib = need_gib(pages, address);
	struct export_mib **mib = gib ? &gib->exported[mib_in_gib(address)] : NULL;

	if (mib && !*mib)
		*mib = calloc(1, sizeof(**mib));
	if (!mib || !*mib)
		return false;
	(*mib)->records[page_in_mib(address)] = *record;
	(*mib)->used++;
	pages->exported++;
	return true;
}

void pages_set_imported(struct page_table *pages, uint64_t address)
{
	struct export_mib **mib =
		&pages->gibs[gib_of(address)]->exported[mib_in_gib(address)];

	(*mib)->records[page_in_mib(address)] = (struct export_record){ 0 };
	pages->exported--;
	if (--(*mib)->used == 0) {
		free(*mib);
		*mib = NULL;
	}
}
