/* SPDX-License-Identifier: MIT */
/*
 * The request "dump" of the control socket: its client passes a descriptor along
 * and is told how far the dump is, which the main loop of QEMU takes meanwhile.
 * All functions run in the thread of the control socket. See
 * docs/reference/control-socket.md, "dump".
 */
#ifndef UV_PLUGIN_CONTROL_DUMP_H
#define UV_PLUGIN_CONTROL_DUMP_H

#include "base/text.h"
#include "plugin/firmware.h"
#include "plugin/request.h"

/*
 * Starts a dump to @fd, which is taken over, for @client (anything that tells
 * clients apart); the answer comes from control_dump_feed(). On failure the
 * answer is added to @out at once.
 */
void control_dump_start(struct text *out, struct firmware *firmware,
			const struct request *request, int fd, const void *client);

/* Adds what there is to tell @client about its dump, if it has one. */
void control_dump_feed(struct text *out, const void *client);

/* @client is gone: so is its dump. */
void control_dump_abandon(const void *client);

#endif
