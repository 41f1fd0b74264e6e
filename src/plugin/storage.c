/* SPDX-License-Identifier: MIT */
#include "plugin/storage.h"

#include <stdlib.h>
#include <string.h>

#include "plugin/backing.h"
#include "plugin/qemu_plugin_api.h"

/* Storage is looked through in pieces of this size. */
#define PIECE BACKING_MAX_SIZE

static const uint8_t zero_page[STORAGE_PAGE];

/*
 * The buffer of the calling thread, filled from storage. QEMU reads only into
 * an array of GLib's, so big reads are used where they lie.
 */
static const uint8_t *read_in_place(uint64_t address, size_t size)
{
	static _Thread_local struct g_byte_array *buffer;

	if (!buffer)
		buffer = g_byte_array_new();
	if (qemu_plugin_read_memory_hwaddr(address, buffer, size) != QEMU_STORAGE_OK)
		return NULL;
	return buffer->data;
}

bool storage_read(uint64_t address, void *data, size_t size)
{
	const uint8_t *bytes;

	if (size == 0)
		return true;
	if (address + size < address)
		return false;
	bytes = read_in_place(address, size);
	if (!bytes)
		return false;
	memcpy(data, bytes, size);
	return true;
}

bool storage_write(uint64_t address, const void *data, size_t size)
{
	/* QEMU only reads the array, but its type cannot say so. */
	struct g_byte_array array = { (uint8_t *)(uintptr_t)data, (unsigned)size };

	if (size == 0)
		return true;
	if (address + size < address || size > UINT32_MAX)
		return false;
	/* A range that is configured in part would be written in part. */
	if (address / STORAGE_PAGE != (address + size - 1) / STORAGE_PAGE &&
	    (!read_in_place(address + size - 1, 1) || !read_in_place(address, 1)))
		return false;
	return qemu_plugin_write_memory_hwaddr(address, &array) == QEMU_STORAGE_OK;
}

static bool is_configured(uint64_t page)
{
	return read_in_place(page * STORAGE_PAGE, 1) != NULL;
}

void storage_amend(uint32_t info, uint64_t address, uint8_t keep, uint8_t set)
{
	struct qemu_plugin_hwaddr *where = qemu_plugin_get_hwaddr(info, address);
	uint64_t absolute;
	uint8_t byte;

	if (!where)
		return;
	absolute = qemu_plugin_hwaddr_phys_addr(where);
	if (!storage_read(absolute, &byte, sizeof(byte)))
		return;
	byte = (byte & keep) | set;
	storage_write(absolute, &byte, sizeof(byte));
}

uint64_t storage_find_size(void)
{
	uint64_t there = 0, missing = 1;

	if (!is_configured(0))
		return 0;
	while (missing < UINT64_C(1) << 40 && is_configured(missing)) {
		there = missing;
		missing *= 2;
	}
	/* Page @there is configured, page @missing is not. */
	while (missing - there > 1) {
		uint64_t middle = there + (missing - there) / 2;

		if (is_configured(middle))
			there = middle;
		else
			missing = middle;
	}
	return missing * STORAGE_PAGE;
}

static bool is_zero(const uint8_t *page)
{
	return memcmp(page, zero_page, STORAGE_PAGE) == 0;
}

typedef bool (*page_visitor_t)(void *context, uint64_t address, const uint8_t *page);

static bool visit_piece(uint64_t address, size_t size, uint8_t *buffer,
			page_visitor_t visit, void *context)
{
	if (!storage_read(address, buffer, size))
		return false;
	for (size_t i = 0; i < size; i += STORAGE_PAGE) {
		if (!visit(context, address + i, buffer + i))
			return false;
	}
	return true;
}

/*
 * Calls @visit for the pages of [@start, @end), but for those in pieces that
 * hold nothing but zeros for sure, and from @needed on, which it may move, for
 * all. Stops when it returns false.
 */
static bool visit_pages(uint64_t start, uint64_t end, const uint64_t *needed,
			page_visitor_t visit, void *context)
{
	uint8_t *buffer = malloc(PIECE);
	bool ok = buffer != NULL;

	for (uint64_t at = start; ok && at < end; at += PIECE) {
		size_t size = end - at < PIECE ? (size_t)(end - at) : PIECE;

		if (*needed < at + size || backing_may_hold(at, size))
			ok = visit_piece(at, size, buffer, visit, context);
	}
	free(buffer);
	return ok;
}

static const uint64_t none_needed = UINT64_MAX;

static bool clear_page(void *context, uint64_t address, const uint8_t *page)
{
	(void)context;
	return is_zero(page) || storage_write(address, zero_page, STORAGE_PAGE);
}

bool storage_clear_except(uint64_t size, const struct storage_range *keep,
			  size_t count)
{
	uint64_t at = 0;

	for (size_t i = 0; i < count; i++) {
		if (!visit_pages(at, keep[i].address, &none_needed, clear_page,
				 NULL))
			return false;
		at = keep[i].address + keep[i].size;
	}
	return visit_pages(at, size, &none_needed, clear_page, NULL);
}

struct picture_page {
	uint64_t address;
	uint8_t bytes[STORAGE_PAGE];
};

struct storage_picture {
	uint64_t size;
	struct picture_page **pages; /* ascending */
	size_t count;
	size_t room;
};

static bool keep_page(void *context, uint64_t address, const uint8_t *page)
{
	struct storage_picture *picture = context;
	struct picture_page *kept;

	if (is_zero(page))
		return true;
	if (picture->count == picture->room) {
		size_t room = picture->room ? 2 * picture->room : 1024;
		struct picture_page **pages =
			realloc(picture->pages, room * sizeof(*pages));

		if (!pages)
			return false;
		picture->pages = pages;
		picture->room = room;
	}
	kept = malloc(sizeof(*kept));
	if (!kept)
		return false;
	kept->address = address;
	memcpy(kept->bytes, page, STORAGE_PAGE);
	picture->pages[picture->count++] = kept;
	return true;
}

static void free_picture(struct storage_picture *picture)
{
	for (size_t i = 0; i < picture->count; i++)
		free(picture->pages[i]);
	free(picture->pages);
	free(picture);
}

struct storage_picture *storage_picture_take(uint64_t size)
{
	struct storage_picture *picture = calloc(1, sizeof(*picture));

	if (!picture)
		return NULL;
	picture->size = size;
	if (!visit_pages(0, size, &none_needed, keep_page, picture)) {
		free_picture(picture);
		return NULL;
	}
	return picture;
}

struct restore {
	const struct storage_picture *picture;
	size_t next;           /* the first kept page that has not been passed */
	uint64_t next_address; /* its address, or UINT64_MAX behind the last */
};

static void restore_advance(struct restore *restore, size_t next)
{
	const struct storage_picture *picture = restore->picture;

	restore->next = next;
	restore->next_address = next < picture->count ?
					picture->pages[next]->address : UINT64_MAX;
}

static bool restore_page(void *context, uint64_t address, const uint8_t *page)
{
	struct restore *restore = context;
	const uint8_t *wanted = zero_page;

	if (restore->next_address == address) {
		wanted = restore->picture->pages[restore->next]->bytes;
		restore_advance(restore, restore->next + 1);
	}
	return memcmp(page, wanted, STORAGE_PAGE) == 0 ||
	       storage_write(address, wanted, STORAGE_PAGE);
}

bool storage_picture_restore(const struct storage_picture *picture)
{
	struct restore restore = { .picture = picture };

	restore_advance(&restore, 0);
	return visit_pages(0, picture->size, &restore.next_address, restore_page,
			   &restore);
}
