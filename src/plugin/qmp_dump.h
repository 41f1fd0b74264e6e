/* SPDX-License-Identifier: MIT */
/*
 * QMP's dump-guest-memory and query-dump. Of a protected guest they give what they
 * give on a real host, and never its storage in the clear; of any other guest
 * they are QEMU's own. See docs/reference/engine.md, "QEMU's own functions".
 */
#ifndef UV_PLUGIN_QMP_DUMP_H
#define UV_PLUGIN_QMP_DUMP_H

#include "plugin/firmware.h"

/* From now on. False when this QEMU offers no way. */
bool qmp_dump_take_over(struct firmware *firmware);

#endif
