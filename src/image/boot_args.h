/* SPDX-License-Identifier: MIT */
/*
 * What the image creator tells the two boot stages: argument blocks at the
 * very end of their binaries. Freestanding. See docs/reference/se-image.md,
 * "Boot stages".
 */
#ifndef UV_IMAGE_BOOT_ARGS_H
#define UV_IMAGE_BOOT_ARGS_H

#include <stdint.h>

#include "base/be.h"

/* Offsets count from the address of this block; both targets lie behind it. */
struct stage3a_args {
	be64_t header_offset; /* 0x00 */
	be64_t header_size;   /* 0x08 */
	be64_t ipib_offset;   /* 0x10 */
};
WIRE_SIZE(struct stage3a_args, 24);

struct stage3b_part {
	be64_t address; /* 0x0 in guest storage, 0 when absent */
	be64_t size;    /* 0x8 bytes without padding, 0 when absent */
};

struct stage3b_args {
	struct stage3b_part kernel;  /* 0x00 */
	struct stage3b_part cmdline; /* 0x10 size includes the NUL */
	struct stage3b_part initrd;  /* 0x20 */
	be64_t psw_mask;             /* 0x30 */
	be64_t psw_address;          /* 0x38 */
};
WIRE_AT(struct stage3b_args, cmdline, 0x10);
WIRE_AT(struct stage3b_args, initrd, 0x20);
WIRE_AT(struct stage3b_args, psw_mask, 0x30);
WIRE_SIZE(struct stage3b_args, 64);

#endif
