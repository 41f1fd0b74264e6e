/* SPDX-License-Identifier: MIT */
/* Which program of a disk to boot. */
#ifndef UV_GUEST_MENU_H
#define UV_GUEST_MENU_H

#include "ipl/bootmap.h"
#include "ipl/iplb.h"

/*
 * The program that the load parameter of @iplb names; where that or @qipl wants
 * a menu, the one that a person chooses on the console, or the default one when
 * nobody does in time.
 */
unsigned menu_choose(const struct bootmap_disk *disk, const struct iplb *iplb,
		     const struct qipl *qipl);

#endif
