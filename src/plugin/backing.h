/* SPDX-License-Identifier: MIT */
/*
 * Which parts of guest storage the host has backed with memory: all others are
 * zero. Looking through gigabytes of storage that nobody has touched would cost
 * a page fault each time. See docs/reference/engine.md, "Looking through storage".
 */
#ifndef UV_PLUGIN_BACKING_H
#define UV_PLUGIN_BACKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most that backing_may_hold() is asked about at once. */
#define BACKING_MAX_SIZE (1UL << 20)

/*
 * Tells where in this process guest storage [0, @size) lies. Nothing is
 * learned, and backing_may_hold() always says yes, when that is not one piece
 * of private anonymous memory (a file may have content without being in memory).
 */
void backing_learn(const void *host, uint64_t size);

/*
 * Can storage [@address, +@size) hold anything but zeros? @address is page
 * aligned. Memory that was swapped out counts as holding something.
 */
bool backing_may_hold(uint64_t address, size_t size);

#endif
