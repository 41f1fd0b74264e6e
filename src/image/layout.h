/* SPDX-License-Identifier: MIT */
/*
 * Where things lie in a boot image, which is a flat picture of guest storage
 * from address 0: file offset = guest absolute address. Freestanding. See
 * docs/reference/se-image.md, "Image layout".
 */
#ifndef UV_IMAGE_LAYOUT_H
#define UV_IMAGE_LAYOUT_H

#define PAGE_SIZE_4K 4096UL

#define IMAGE_METADATA_ADDRESS 0xc000UL
#define STAGE3A_ADDRESS 0x10000UL
#define STAGE3A_ENTRY 0x11000UL
#define STAGE3A_LIMIT 0x13000UL     /* stage3a ends below */
#define LEGACY_IPIB_ADDRESS 0x13000UL
#define SE_HEADER_ADDRESS 0x14000UL /* the last page where every reader looks */

/* 64-bit addressing, everything else off. */
#define PSW_MASK_64BIT 0x0000000180000000UL

/* Fields of an s390x kernel file; its offsets are guest addresses too. */
#define KERNEL_ENTRY 0x10000UL
#define KERNEL_EP_OFFSET 0x10008UL          /* "S390EP" */
#define KERNEL_IPL_DEVICE 0x10400UL         /* u64, subchannel id */
#define KERNEL_INITRD_ADDRESS 0x10408UL     /* u64 */
#define KERNEL_INITRD_SIZE 0x10410UL        /* u64 */
#define KERNEL_MAX_CMDLINE_OFFSET 0x10430UL /* u64, 0 = KERNEL_LEGACY_CMDLINE */
#define KERNEL_CMDLINE_ADDRESS 0x10480UL
#define KERNEL_LEGACY_CMDLINE 896UL

#endif
