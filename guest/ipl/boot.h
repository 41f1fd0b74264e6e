/* SPDX-License-Identifier: MIT */
/* Booting one device, as its IPL parameter block names it. */
#ifndef UV_GUEST_BOOT_H
#define UV_GUEST_BOOT_H

#include "ipl/load.h"

/* What holds for the whole run of the firmware. */
struct machine {
	enum ipl_mode mode; /* the first device's block decides, no other */
	uint64_t storage_size;
	struct qipl qipl;   /* a copy: programs may be loaded over the original */
};

/* Room for the block of the device being booted, with the report behind it. */
struct iplb *boot_block(void);

/*
 * Boots the device that boot_block() describes; comes back only when that
 * fails. LOAD_STOP means that no other device may be tried.
 */
enum load_status boot_device(const struct machine *machine);

#endif
