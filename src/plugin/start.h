/* SPDX-License-Identifier: MIT */
/*
 * The protected start: DIAG 308 subcode 10. See docs/reference/engine.md,
 * "Entering protected mode".
 *
 * Nobody but QEMU can reset a machine with all its vCPUs and devices. So the
 * plugin lets QEMU execute the DIAG as subcode 0 (which resets, then loads the
 * PSW at absolute 0), after planting a PSW there that leads to an instruction
 * which comes back to the plugin, alone in a machine freshly reset.
 */
#ifndef UV_PLUGIN_START_H
#define UV_PLUGIN_START_H

#include "plugin/site.h"

/* The function code of the DIAG that is planted; QEMU has no such DIAG. */
#define START_TRAP 0xe5a

/*
 * Prepares the reset for the DIAG at @site, which QEMU then has to execute.
 * Returns DIAG308_OK, or the code that answers the DIAG at once.
 */
uint64_t start_begin(struct vcpu *vcpu, const struct site *site);

/*
 * The planted instruction was reached: unpacks, verifies and enters the guest,
 * or goes back to the issuer of the DIAG with the reason. Returns only when no
 * start is under way.
 */
void start_finish(struct vcpu *vcpu);

/* A machine reset came in between: forgets a start under way. */
void start_cancel(struct firmware *firmware);

#endif
