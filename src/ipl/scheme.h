/* SPDX-License-Identifier: MIT */
/*
 * What is on a disk without a boot record of the SCSI scheme. Freestanding.
 * See docs/reference/boot-map.md, "Other layouts".
 */
#ifndef UV_IPL_SCHEME_H
#define UV_IPL_SCHEME_H

#include "ipl/bootmap.h"
#include "ipl/problem.h"

/*
 * IPL_PROBLEM_ECKD or _ISO when @disk has one of these layouts, otherwise
 * IPL_PROBLEM_NO_BOOT_RECORD.
 */
enum ipl_problem scheme_of(const struct bootmap_disk *disk);

#endif
