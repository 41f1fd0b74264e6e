/* SPDX-License-Identifier: MIT */
/*
 * The state of each page of a configuration: secure (the default), shared, or
 * exported. Sparse: 40 KiB for each GiB in which a page was ever shared or
 * exported, and 6 KiB for each MiB with exported pages.
 *
 * Addresses are page aligned and inside the storage; the caller has checked.
 */
#ifndef UV_ULTRAVISOR_PAGES_H
#define UV_ULTRAVISOR_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_MAC_SIZE 16

/* What is kept of an exported page. */
struct export_record {
	uint64_t number; /* of the export: the page's tweak component; never 0 */
	uint8_t mac[PAGE_MAC_SIZE];
};

struct page_gib;

struct page_table {
	uint64_t storage_size;
	size_t gib_count;
	struct page_gib **gibs; /* NULL where all pages are secure */
	uint64_t shared;        /* how many pages are shared now */
	uint64_t exported;
};

/* False when memory is short. */
bool pages_init(struct page_table *pages, uint64_t storage_size);
void pages_free(struct page_table *pages);

bool pages_is_shared(const struct page_table *pages, uint64_t address);

/* Sets one page shared or secure. False when memory is short. */
bool pages_set_shared(struct page_table *pages, uint64_t address, bool shared);
void pages_unshare_all(struct page_table *pages);

/*
 * The first run of shared pages at or behind @from. False when there is none;
 * otherwise *@address and *@size describe the whole run from there.
 */
bool pages_next_shared(const struct page_table *pages, uint64_t from,
		       uint64_t *address, uint64_t *size);

/* The record of an exported page; NULL when the page is not exported. */
const struct export_record *pages_exported(const struct page_table *pages,
					   uint64_t address);

/* Makes a secure page an exported one. False when memory is short. */
bool pages_set_exported(struct page_table *pages, uint64_t address,
			const struct export_record *record);

/* Makes an exported page a secure one. */
void pages_set_imported(struct page_table *pages, uint64_t address);

#endif
