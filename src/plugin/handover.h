/* SPDX-License-Identifier: MIT */
/*
 * What a boot loader hands over to the program that it starts in audit and
 * secure mode: IPL parameter block, report, certificates. See
 * docs/reference/control-socket.md, "report".
 */
#ifndef UV_PLUGIN_HANDOVER_H
#define UV_PLUGIN_HANDOVER_H

#include "plugin/firmware.h"

/*
 * For the running vCPU, about to start a program with DIAGNOSE 308 subcode 1: the
 * first one after a reset is the boot loader's. Keeps a copy of what it hands
 * over, and leaves another in the file that the launcher has named.
 */
void handover_on_start(struct firmware *firmware);

#endif
