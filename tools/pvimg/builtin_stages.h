/* SPDX-License-Identifier: MIT */
/* The boot stages that are built into pvimg. */
#ifndef UV_TOOLS_PVIMG_BUILTIN_STAGES_H
#define UV_TOOLS_PVIMG_BUILTIN_STAGES_H

#include "image/boot_stages.h"

/* Copies them to *@stages; caller frees with boot_stages_free(). */
int builtin_stages(struct boot_stages *stages, struct error *err);

#endif
