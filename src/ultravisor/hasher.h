/* SPDX-License-Identifier: MIT */
/*
 * Feeds page digests from a thread of its own, so that SHA-512, which limits
 * unpacking, runs while the next piece is read and decrypted. Only the digests
 * are touched by that thread: storage callbacks stay in the caller's.
 */
#ifndef UV_ULTRAVISOR_HASHER_H
#define UV_ULTRAVISOR_HASHER_H

#include <stddef.h>
#include <stdint.h>

#include "image/digests.h"

/* Bytes of one piece; small enough that two of them stay in a core's cache. */
#define HASHER_PIECE_SIZE ((size_t)256 * 1024)

struct hasher;

/*
 * A hasher for @digests, which belong to it until hasher_free(). Without a
 * second thread, when none can be had, it works in hasher_submit(). NULL when
 * memory is short.
 */
struct hasher *hasher_new(struct page_digests *digests);

/* A free buffer of HASHER_PIECE_SIZE bytes; waits for one. */
uint8_t *hasher_buffer(struct hasher *hasher);

/*
 * Digests the first @size bytes (whole pages) of the last hasher_buffer(),
 * found at guest @address, the first page with @tweak.
 */
void hasher_submit(struct hasher *hasher, size_t size, uint64_t address,
		   struct page_tweak tweak);

/* Waits until all that was submitted is digested. 0, or the error code of the first failure. */
int hasher_drain(struct hasher *hasher);

/* Drains and frees. Returns what hasher_drain() returns. */
int hasher_free(struct hasher *hasher);

#endif
