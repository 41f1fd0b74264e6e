/* SPDX-License-Identifier: MIT */
/*
 * Where the boot stages work, besides the storage they are loaded to; for C
 * and assembler. They have no data segment: these fixed places are all that
 * they write to. See docs/reference/se-image.md, "Memory map".
 */
#ifndef UV_GUEST_STORAGE_MAP_H
#define UV_GUEST_STORAGE_MAP_H

#define STAGE_SCCB 0x2000
#define STAGE_STACK_TOP 0x10000
#define STAGE_FIRST_FRAME 160 /* the ABI's register save area */

#endif
