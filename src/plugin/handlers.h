/* SPDX-License-Identifier: MIT */
/*
 * The instructions that the plugin answers. Each handler runs before its
 * instruction, on the vCPU @index, with the struct site of the instruction. It
 * returns, and QEMU executes the instruction; how an instruction ends that QEMU
 * does not know: interruption.h.
 */
#ifndef UV_PLUGIN_HANDLERS_H
#define UV_PLUGIN_HANDLERS_H

#include <stdbool.h>
#include <stdint.h>

#include "plugin/site.h"

/* Is the function code of this DIAG, as far as translation can tell, ours? */
bool diag_may_be_ours(const struct site *site);
void on_diag(unsigned index, void *site);

void on_uvc(unsigned index, void *site);

/* STFLE: before the instruction, and after each byte that it stores. */
void on_stfle(unsigned index, void *site);
void on_stfle_store(unsigned index, uint32_t info, uint64_t address, void *site);

#endif
