/* SPDX-License-Identifier: MIT */
/*
 * Noticing that the machine was reset: QEMU does not tell plugins. See
 * docs/reference/engine.md, "Reset".
 */
#ifndef UV_PLUGIN_RESET_H
#define UV_PLUGIN_RESET_H

/* For QEMU's idle and resume callbacks; @firmware is the struct firmware. */
void reset_on_idle(unsigned index, void *firmware);
void reset_on_resume(unsigned index, void *firmware);

#endif
