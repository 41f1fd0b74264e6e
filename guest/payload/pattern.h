/* SPDX-License-Identifier: MIT */
/*
 * Pages whose every doubleword is known, so that a payload can tell whether it
 * was unpacked as it was made. For C and assembler.
 */
#ifndef UV_PAYLOAD_PATTERN_H
#define UV_PAYLOAD_PATTERN_H

#define PATTERN_WORDS 32768 /* 64 pages */
#define PATTERN_FIRST 0x0123456789abcdef
#define PATTERN_STEP 0x000100070015004d

#ifndef __ASSEMBLER__
#include <stdint.h>

#include "lib/cpu.h"

extern const uint64_t pattern[PATTERN_WORDS] LINKED_HERE;
#endif

#endif
