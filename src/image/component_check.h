/* SPDX-License-Identifier: MIT */
/*
 * Do the inputs of an image look as a guest needs them? Rules that keep people
 * from protecting an image that cannot boot. See docs/reference/se-image.md,
 * "Component checks".
 */
#ifndef UV_IMAGE_COMPONENT_CHECK_H
#define UV_IMAGE_COMPONENT_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "image/layout.h"

/* How many of a kernel's first bytes the check looks at. */
#define KERNEL_HEAD_SIZE (KERNEL_MAX_CMDLINE_OFFSET + 8)

/*
 * Checks that the first bytes of a kernel file are those of a raw s390x Linux
 * kernel (not ELF), and tells the longest command line it takes, with the NUL.
 * ERR_FORMAT otherwise.
 */
int kernel_check(uint64_t *max_cmdline, const uint8_t *head, size_t size,
		 struct error *err);

/* Checks the size of a command line, with its NUL. ERR_FORMAT when too long. */
int cmdline_check(uint64_t size, uint64_t max_cmdline, struct error *err);

#endif
