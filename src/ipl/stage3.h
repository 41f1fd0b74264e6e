/* SPDX-License-Identifier: MIT */
/*
 * Stage 3: the loader that a boot disk brings along. It is loaded with kernel,
 * initial RAM disk and command line, puts them into place and starts the kernel.
 * Written by ipl/disk.h, read by guest/stage3. Freestanding. See
 * docs/reference/boot-map.md, "Stage 3".
 */
#ifndef UV_IPL_STAGE3_H
#define UV_IPL_STAGE3_H

#include <stdint.h>

#include "base/be.h"

/* Where its parts lie in guest storage. */
#define STAGE3_HEAP 0x2000UL
#define STAGE3_HEAP_SIZE 0x4000UL
#define STAGE3_PARAMETERS 0x9000UL
#define STAGE3_ADDRESS 0xa000UL /* of its code, and where it starts */
#define STAGE3_SIZE_MAX 0x4000UL
#define STAGE3_STACK 0xf000UL
#define STAGE3_STACK_SIZE 0x1000UL

/*
 * The kernel image is loaded whole to KERNEL_IMAGE_ADDRESS; stage 3 then moves
 * what follows its first KERNEL_IMAGE_SKIP bytes to that address.
 */
#define KERNEL_IMAGE_ADDRESS 0x10000UL
#define KERNEL_IMAGE_SKIP 0x10000UL

#define STAGE3_PSW 0x000800008000a000UL /* short: starts stage 3 */
#define KERNEL_PSW 0x0008000080010000UL /* starts the kernel */

#define STAGE3_NONE UINT64_MAX /* an address: there is no such part */

#define STAGE3_FLAG_SCSI 0x0001000000000000UL
#define STAGE3_FLAG_KDUMP 0x0002000000000000UL

/* At STAGE3_PARAMETERS. Unsigned: to be mistrusted in secure mode. */
struct stage3_parameters {
	be64_t command_line;        /* 0x00 address, ends with a NUL; or STAGE3_NONE */
	be64_t initrd;              /* 0x08 address */
	be64_t initrd_size;         /* 0x10 0: there is none */
	be64_t kernel_psw;          /* 0x18 KERNEL_PSW */
	be64_t extra_parameters;    /* 0x20 0 on disks of the SCSI scheme */
	be64_t flags;               /* 0x28 STAGE3_FLAG_… */
	be64_t kernel_size;         /* 0x30 of the file, appended signature included */
	be64_t kernel;              /* 0x38 KERNEL_IMAGE_ADDRESS */
	be64_t environment;         /* 0x40 address, or STAGE3_NONE */
	be64_t environment_size;    /* 0x48 */
};
WIRE_AT(struct stage3_parameters, initrd, 0x08);
WIRE_AT(struct stage3_parameters, kernel_psw, 0x18);
WIRE_AT(struct stage3_parameters, kernel_size, 0x30);
WIRE_AT(struct stage3_parameters, environment_size, 0x48);
WIRE_SIZE(struct stage3_parameters, 80);

#endif
