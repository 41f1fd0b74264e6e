/* SPDX-License-Identifier: MIT */
/*
 * What a payload keeps in the prefix area of each CPU, behind what the machine
 * uses; for C and assembler. Code reaches it without a base register, with any
 * prefix.
 */
#ifndef UV_PAYLOAD_PAYLOAD_AREA_H
#define UV_PAYLOAD_PAYLOAD_AREA_H

/* An instruction under test: see probe.h. */
#define AREA_PROBE_GENERAL_IN 0x200
#define AREA_PROBE_GENERAL_OUT 0x280
#define AREA_PROBE_PSW 0x300
#define AREA_PROBE_STACK 0x310
#define AREA_PROBE_KIND 0x318

#define PROBE_KIND_COMPLETED 1
#define PROBE_KIND_INTERRUPTED 2

/* A further CPU: see cpus.h. */
#define AREA_CPU_STACK 0x320
#define AREA_CPU_FUNCTION 0x328
#define AREA_CPU_ARGUMENT 0x330

#endif
