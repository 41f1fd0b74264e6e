/* SPDX-License-Identifier: MIT */
/* One HTTP(S) GET within limits. Internal to src/hostkey. */
#ifndef UV_HOSTKEY_DOWNLOAD_H
#define UV_HOSTKEY_DOWNLOAD_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "hostkey/hostkey.h"

/*
 * Fetches what @url stands for, by http or https and nothing else, redirects
 * included. *@data (caller frees) holds at most @limits->size bytes; longer
 * answers, HTTP errors and elapsed times are ERR_IO.
 */
int download(uint8_t **data, size_t *size, const char *url,
	     const struct hostkey_limits *limits, struct error *err);

#endif
