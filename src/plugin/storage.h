/* SPDX-License-Identifier: MIT */
/*
 * Guest absolute storage. Every function has to run in a callback of a vCPU.
 */
#ifndef UV_PLUGIN_STORAGE_H
#define UV_PLUGIN_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORAGE_PAGE 4096

/* False when a byte of the range is not configured; nothing was done then. */
bool storage_read(uint64_t address, void *data, size_t size);
bool storage_write(uint64_t address, const void *data, size_t size);

/*
 * In the callback of an access: of the byte that was just stored at @address,
 * keeps the bits of @keep and sets those of @set.
 */
void storage_amend(uint32_t info, uint64_t address, uint8_t keep, uint8_t set);

/* How many bytes are configured from address 0 on (found by trying). */
uint64_t storage_find_size(void);

struct storage_range {
	uint64_t address; /* page aligned */
	uint64_t size;    /* whole pages */
};

/*
 * Makes all of [0, @size) zero except the @count ranges, which are in ascending
 * order and do not overlap. Pages that are zero already are only read, so
 * storage that the host has not backed yet stays so. False when storage
 * cannot be accessed.
 */
bool storage_clear_except(uint64_t size, const struct storage_range *keep,
			  size_t count);

/* What storage held at one moment: its pages that were not zero. */
struct storage_picture;

/* NULL when memory is short or storage cannot be read. Lives as long as QEMU. */
struct storage_picture *storage_picture_take(uint64_t size);
/* Puts storage back exactly as it was, writing only what differs. */
bool storage_picture_restore(const struct storage_picture *picture);

#endif
