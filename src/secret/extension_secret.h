/* SPDX-License-Identifier: MIT */
/*
 * The extension secret: 32 bytes at the end of every add-secret request that
 * tie the requests for one guest together. The first request that succeeds
 * decides which one the later ones need. See docs/reference/secrets.md,
 * "Extension secrets".
 */
#ifndef UV_SECRET_EXTENSION_SECRET_H
#define UV_SECRET_EXTENSION_SECRET_H

#include <stdint.h>

#include "base/error.h"
#include "base/secret.h"
#include "crypto/crypto.h"
#include "image/se_header.h"

#define EXTENSION_SECRET_SIZE 32 /* all zero = none */

/*
 * The extension secret that knowledge of the CCK proves, for the image whose SE
 * header has this tag. At *@out; caller frees.
 */
int extension_secret_derive(struct secret **out, const uint8_t cck[CCK_SIZE],
			    const uint8_t image_tag[GCM_TAG_SIZE],
			    struct error *err);

#endif
