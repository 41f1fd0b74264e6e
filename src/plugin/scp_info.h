/* SPDX-License-Identifier: MIT */
/*
 * What READ SCP INFORMATION (a service call) tells a guest about Secure IPL, in
 * a block that QEMU, which knows nothing of it, has filled. See
 * docs/reference/secure-ipl.md, "Facilities".
 */
#ifndef UV_PLUGIN_SCP_INFO_H
#define UV_PLUGIN_SCP_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/be.h"

#define SCLP_READ_SCP_INFO 0x00020001
#define SCLP_READ_SCP_INFO_FORCED 0x00120001

/* Facilities, by the CPU properties of QEMU that stand for them. */
#define SCP_CSTORE (1U << 0) /* DIAGNOSE 320 */
#define SCP_SIPL (1U << 1)   /* Secure IPL */
#define SCP_SCLAF (1U << 2)  /* secure-code-loading attributes */
#define SCP_SECURE_IPL (SCP_CSTORE | SCP_SIPL | SCP_SCLAF)

/* How the block shows them. */
#define SCP_134_CSTORE 0x04
#define SCP_IPL_SIPL 0x4000
#define SCP_IPL_SCLAF 0x1000

#define SCP_CPU_SIZE 16

/* Followed by SCP_CPU_SIZE bytes for each CPU, at @cpu_offset. */
struct scp_info {
	be16_t length;            /* 0x00 of the block, as the guest gave it */
	uint8_t function;         /* 0x02 */
	uint8_t control[3];       /* 0x03 */
	be16_t response;          /* 0x06 */
	be16_t increments;        /* 0x08 of storage; 0 = see more_increments */
	uint8_t increment_mib;    /* 0x0a their size; 0 = see large_increment_mib */
	uint8_t others_0b[5];     /* 0x0b */
	be16_t cpu_count;         /* 0x10 */
	be16_t cpu_offset;        /* 0x12 */
	uint8_t others_14[80];    /* 0x14 */
	be32_t large_increment_mib; /* 0x64 */
	be64_t more_increments;   /* 0x68 */
	uint8_t others_70[22];    /* 0x70 */
	uint8_t facilities_134;   /* 0x86 read only when the CPUs lie behind it */
	uint8_t facilities_135;   /* 0x87 */
	be16_t ipl_facilities;    /* 0x88 likewise */
	uint8_t reserved_8a[6];   /* 0x8a */
};
WIRE_AT(struct scp_info, response, 6);
WIRE_AT(struct scp_info, cpu_count, 16);
WIRE_AT(struct scp_info, cpu_offset, 18);
WIRE_AT(struct scp_info, large_increment_mib, 100);
WIRE_AT(struct scp_info, more_increments, 104);
WIRE_AT(struct scp_info, facilities_134, 134);
WIRE_AT(struct scp_info, ipl_facilities, 136);
WIRE_SIZE(struct scp_info, 144);

/*
 * Shows exactly @facilities in the block at @bytes, of which @size are the guest's:
 * moves the CPUs behind the facility bytes, where they are not, and sets or clears
 * the bits. False, with nothing changed, when this is not a block that QEMU has
 * just filled or has no room. Doing it twice does no harm.
 */
bool scp_info_show(uint8_t *bytes, size_t size, unsigned facilities);

#endif
