/* SPDX-License-Identifier: MIT */
/*
 * Small reads in advance: the tables of a boot map and the data between them lie
 * close together, and each request to a device costs as much as some hundred KiB.
 */
#ifndef UV_GUEST_READ_AHEAD_H
#define UV_GUEST_READ_AHEAD_H

#include "ipl/bootmap.h"

/*
 * Makes *@disk a disk with the content of @device, which has to live as long.
 * One at a time: the next one takes the storage over.
 */
void read_ahead_start(struct bootmap_disk *disk, const struct bootmap_disk *device);

#endif
