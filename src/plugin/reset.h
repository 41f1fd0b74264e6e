/* SPDX-License-Identifier: MIT */
/*
 * Noticing that the machine was reset: QEMU does not tell plugins. See
 * docs/reference/engine.md, "Reset".
 */
#ifndef UV_PLUGIN_RESET_H
#define UV_PLUGIN_RESET_H

#include "plugin/firmware.h"
#include "plugin/qemu_plugin_api.h"

/* For QEMU's idle and resume callbacks; @firmware is the struct firmware. */
void reset_on_idle(unsigned index, void *firmware);
void reset_on_resume(unsigned index, void *firmware);

/*
 * For the translation callback, as long as firmware->power_on_due: looks at
 * storage before the first instruction @insn is executed, with DAT off.
 */
void reset_on_first_block(struct firmware *firmware,
			  const struct qemu_plugin_insn *insn);

#endif
