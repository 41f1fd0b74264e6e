/* SPDX-License-Identifier: MIT */
/* Leaving the firmware: the one place where control goes to a loaded program. */
#ifndef UV_GUEST_HANDOVER_H
#define UV_GUEST_HANDOVER_H

#include <stdnoreturn.h>

#include "ipl/load.h"

/*
 * Starts what @load has loaded, with @iplb (and the report behind it) as the
 * machine's IPL parameter block; @subchannel is the boot device's, @position its
 * place in the boot order.
 */
noreturn void handover(const struct load *load, struct iplb *iplb, unsigned position,
		       uint32_t subchannel);

#endif
