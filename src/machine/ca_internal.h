/* SPDX-License-Identifier: MIT */
/* Shared by the files that read and that make a CA. */
#ifndef UV_MACHINE_CA_INTERNAL_H
#define UV_MACHINE_CA_INTERNAL_H

#include <stddef.h>

#define CA_FORMAT "1"
#define CA_ID_LENGTH 8
#define CA_MAX_FILE (1024 * 1024)

/* Length of an address without slashes at its end: they mean nothing. */
size_t ca_url_length(const char *url);

#endif
