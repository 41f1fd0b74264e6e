/* SPDX-License-Identifier: MIT */
/*
 * The control socket: lets the user who started the guest look at it. It has a
 * thread of its own and takes nothing from the vCPUs but what the ultravisor
 * keeps; clients that send rubbish or do not read are dropped. See
 * docs/reference/control-socket.md.
 */
#ifndef UV_PLUGIN_CONTROL_H
#define UV_PLUGIN_CONTROL_H

#include "plugin/firmware.h"

/* Listens on the UNIX socket at @path (mode 0600), which must not exist. */
int control_start(struct firmware *firmware, const char *path, struct error *err);

/* New lines are in the trace ring; cheap when nobody follows. */
void control_notify(void);

/* There is something to tell a client; any thread. */
void control_wake(void);

/* Removes the socket. */
void control_stop(void);

#endif
