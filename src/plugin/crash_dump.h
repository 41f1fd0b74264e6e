/* SPDX-License-Identifier: MIT */
/* The dump of a protected guest that has crashed, without anybody asking for it. */
#ifndef UV_PLUGIN_CRASH_DUMP_H
#define UV_PLUGIN_CRASH_DUMP_H

#include "plugin/firmware.h"

/* Does what the plugin's arguments say about it from now on. */
void crash_dump_prepare(struct firmware *firmware);

#endif
