/* SPDX-License-Identifier: MIT */
/*
 * The two boot stages as the image creator holds them: own copies of their
 * binaries, into whose ends the arguments are put. See
 * docs/reference/se-image.md, "Boot stages".
 */
#ifndef UV_IMAGE_BOOT_STAGES_H
#define UV_IMAGE_BOOT_STAGES_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "image/boot_args.h"

/* Names of the files in a bootloader directory. */
#define STAGE3A_FILE "stage3a.bin"
#define STAGE3B_FILE "stage3b_reloc.bin"

struct boot_stages {
	uint8_t *stage3a;
	size_t stage3a_size;
	uint8_t *stage3b;
	size_t stage3b_size;
};

/* Reads both from @folder. Caller frees with boot_stages_free(). ERR_FORMAT for impossible sizes. */
int boot_stages_load(struct boot_stages *stages, const char *folder,
		     struct error *err);

/* Copies both from memory. Caller frees with boot_stages_free(). ERR_FORMAT as above. */
int boot_stages_copy(struct boot_stages *stages, const void *stage3a,
		     size_t stage3a_size, const void *stage3b,
		     size_t stage3b_size, struct error *err);

void boot_stages_free(struct boot_stages *stages);

/* Guest address of stage 3a's argument block, from which its offsets count. */
uint64_t stage3a_args_address(const struct boot_stages *stages);

void stage3a_set_args(struct boot_stages *stages, const struct stage3a_args *args);
void stage3b_set_args(struct boot_stages *stages, const struct stage3b_args *args);

#endif
