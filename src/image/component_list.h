/* SPDX-License-Identifier: MIT */
/*
 * The secured components of an image as the IPIB lists them: made by the
 * image creator, taken apart by readers and by whoever plays the hypervisor.
 * See docs/reference/se-image.md, "IPL parameter block".
 */
#ifndef UV_IMAGE_COMPONENT_LIST_H
#define UV_IMAGE_COMPONENT_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "image/ipib.h"

struct component_entry {
	uint64_t tweak_prefix;
	uint64_t address; /* page aligned */
	uint64_t size;    /* whole pages */
};

struct component_list {
	uint64_t header_address; /* 0 in images that stage3a completes */
	uint64_t header_size;    /* likewise */
	size_t count;
	struct component_entry entries[IPIB_MAX_COMPONENTS];
};

/*
 * Takes apart the IPIB at @bytes, of which @size bytes are at hand, by the
 * hypervisor's rules: type and versions, sizes that agree, at least one
 * component, addresses and sizes in whole pages, prefixes and addresses
 * ascending, no overlap, no wrap-around. ERR_FORMAT otherwise. The header's
 * address and size are handed out as they are.
 */
int component_list_parse(struct component_list *list, const void *bytes,
			 size_t size, struct error *err);

/*
 * Writes the IPIB for @list to @bytes, which has IPIB_MAX_SIZE bytes of room.
 * Returns its size.
 */
size_t component_list_render(void *bytes, const struct component_list *list);

/* Pages of all components together. */
uint64_t component_list_pages(const struct component_list *list);

#endif
