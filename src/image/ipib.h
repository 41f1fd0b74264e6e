/* SPDX-License-Identifier: MIT */
/*
 * IPL parameter information block of type 5 (protected virtualization): tells
 * the hypervisor where header and components lie. Freestanding: the boot
 * stages use it too. See docs/reference/se-image.md, "IPL parameter block".
 */
#ifndef UV_IMAGE_IPIB_H
#define UV_IMAGE_IPIB_H

#include <stdint.h>

#include "base/be.h"

#define IPIB_VERSION 1
#define IPIB_TYPE_PV 5
#define IPIB_PV_VERSION 1
#define IPIB_MIN_SIZE 148
#define IPIB_MAX_SIZE 4096

struct ipib_component {
	be64_t tweak_prefix; /* 0x00 */
	be64_t address;      /* 0x08 page aligned */
	be64_t size;         /* 0x10 whole pages */
};
WIRE_SIZE(struct ipib_component, 24);

/* Followed by the components. */
struct ipib {
	be32_t total_size;       /* 0x00 */
	uint8_t reserved_04[3];  /* 0x04 */
	uint8_t version;         /* 0x07 */
	be32_t block_size;       /* 0x08 from here to the end */
	uint8_t type;            /* 0x0c */
	uint8_t reserved_0d[3];  /* 0x0d */
	uint8_t loadparm[8];     /* 0x10 */
	uint8_t reserved_18[87]; /* 0x18 */
	uint8_t pv_version;      /* 0x6f */
	be32_t reserved_70;      /* 0x70 */
	be32_t component_count;  /* 0x74 */
	be64_t header_address;   /* 0x78 */
	be64_t header_size;      /* 0x80 */
};
WIRE_AT(struct ipib, version, 0x07);
WIRE_AT(struct ipib, block_size, 0x08);
WIRE_AT(struct ipib, type, 0x0c);
WIRE_AT(struct ipib, loadparm, 0x10);
WIRE_AT(struct ipib, pv_version, 0x6f);
WIRE_AT(struct ipib, component_count, 0x74);
WIRE_AT(struct ipib, header_address, 0x78);
WIRE_AT(struct ipib, header_size, 0x80);
WIRE_SIZE(struct ipib, 0x88);

/* The most components that fit a block of IPIB_MAX_SIZE. */
#define IPIB_MAX_COMPONENTS \
	((IPIB_MAX_SIZE - sizeof(struct ipib)) / sizeof(struct ipib_component))

#endif
