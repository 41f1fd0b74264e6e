/* SPDX-License-Identifier: MIT */
/*
 * The boot stages. Those of an SE image are templates with empty argument
 * blocks: the image creator copies one and fills the struct of image/boot_args.h
 * into its last bytes. Built in guest/boot and guest/stage3. See
 * docs/reference/se-image.md, "Boot stages", and boot-map.md, "Stage 3".
 */
#ifndef UV_GUEST_BOOT_STAGE_IMAGES_H
#define UV_GUEST_BOOT_STAGE_IMAGES_H

#include <stddef.h>

/* Goes to STAGE3A_ADDRESS; its last 24 bytes are a struct stage3a_args. */
extern const unsigned char stage3a_image[];
extern const size_t stage3a_image_size;

/* Goes to any page; its last 64 bytes are a struct stage3b_args. */
extern const unsigned char stage3b_image[];
extern const size_t stage3b_image_size;

/* Stage 3 of a Secure IPL disk: goes to STAGE3_ADDRESS as it is (ipl/stage3.h). */
extern const unsigned char stage3_image[];
extern const size_t stage3_image_size;

#endif
