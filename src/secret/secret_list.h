/* SPDX-License-Identifier: MIT */
/*
 * The list of secrets as the ultravisor gives it out: what is stored, never the
 * values. See docs/reference/secrets.md, "Secret list".
 *
 *   page = header || up to 85 entries
 *
 * A list of several pages, as newer kernels give it, is one header followed by
 * all entries; the headers of the further pages are taken out.
 */
#ifndef UV_SECRET_SECRET_LIST_H
#define UV_SECRET_SECRET_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/be.h"
#include "base/error.h"
#include "secret/secret_type.h"

struct secret_list_header {
	be16_t stored;          /* 0x00 entries that follow */
	be16_t total;           /* 0x02 secrets in the store */
	be16_t next;            /* 0x04 index to go on with, 0 = complete */
	be16_t reserved_06;     /* 0x06 */
	uint8_t reserved_08[8]; /* 0x08 */
};
WIRE_AT(struct secret_list_header, total, 0x02);
WIRE_AT(struct secret_list_header, next, 0x04);
WIRE_AT(struct secret_list_header, reserved_06, 0x06);
WIRE_AT(struct secret_list_header, reserved_08, 0x08);
WIRE_SIZE(struct secret_list_header, 0x10);

struct secret_list_entry {
	be16_t index;               /* 0x00 */
	be16_t type;                /* 0x02 enum secret_type */
	be32_t size;                /* 0x04 of what Retrieve Secret gives out */
	uint8_t reserved_08[8];     /* 0x08 */
	uint8_t id[SECRET_ID_SIZE]; /* 0x10 */
};
WIRE_AT(struct secret_list_entry, type, 0x02);
WIRE_AT(struct secret_list_entry, size, 0x04);
WIRE_AT(struct secret_list_entry, reserved_08, 0x08);
WIRE_AT(struct secret_list_entry, id, 0x10);
WIRE_SIZE(struct secret_list_entry, 0x30);

#define SECRET_LIST_PAGE_SIZE 4096
#define SECRET_LIST_PER_PAGE                                     \
	((SECRET_LIST_PAGE_SIZE - sizeof(struct secret_list_header)) / \
	 sizeof(struct secret_list_entry))
_Static_assert(SECRET_LIST_PER_PAGE == 85, "entries of a page");


/*
 * Fills @page with the entries whose index is @start or higher. @store has
 * the @total entries of the store in ascending order of their indices.
 * Returns true when more entries remain (the header then says which is next).
 */
bool secret_list_fill_page(uint8_t page[SECRET_LIST_PAGE_SIZE],
			   const struct secret_list_entry *store, size_t total,
			   size_t start);

/* A list taken apart: pointers into the bytes it was parsed from. */
struct secret_list {
	const struct secret_list_header *header;
	const struct secret_list_entry *entries;
	size_t count; /* of entries */
};

/*
 * Checks the form of the list in the @size bytes at @bytes and fills @list,
 * whose pointers live as long as @bytes; what is behind the entries is ignored.
 * ERR_FORMAT: it is shorter than its entries, or has more than it says that
 * there are.
 */
int secret_list_parse(struct secret_list *list, const void *bytes, size_t size,
		      struct error *err);

/* Bytes of the list without what is behind its entries. */
size_t secret_list_size(const struct secret_list *list);

#endif
