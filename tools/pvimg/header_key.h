/* SPDX-License-Identifier: MIT */
/* What the verbs share that take --hdr-key. */
#ifndef UV_TOOLS_PVIMG_HEADER_KEY_H
#define UV_TOOLS_PVIMG_HEADER_KEY_H

#include "image/read.h"

/*
 * Authenticates the header of @image with the 32-byte key in @file. *@area holds
 * its decrypted struct se_header_area; caller frees.
 */
int header_key_open(struct secret **area, const struct se_image *image,
		    const char *file, struct error *err);

#endif
