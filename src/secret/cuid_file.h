/* SPDX-License-Identifier: MIT */
/*
 * Where owners have the configuration unique ID (CUID) of a guest from: digits on
 * a command line, 16 raw bytes, or what the verification of an attestation
 * wrote. See docs/reference/secrets.md, "CUID files".
 */
#ifndef UV_SECRET_CUID_FILE_H
#define UV_SECRET_CUID_FILE_H

#include "base/error.h"
#include "secret/asrcb.h"

/* 32 hexadecimal digits, with or without 0x. ERR_FORMAT. */
int cuid_from_hex(uint8_t cuid[ASRCB_CUID_SIZE], const char *text, struct error *err);

/*
 * From the @size bytes of a file; @origin names it in messages. 16 bytes are the
 * CUID; anything else is YAML: a string, or a mapping that has an
 * entry "cuid", itself or in mappings below (first the outer, then in order, at
 * most 8 levels). ERR_FORMAT.
 */
int cuid_from_bytes(uint8_t cuid[ASRCB_CUID_SIZE], const void *bytes, size_t size,
		    const char *origin, struct error *err);

/* The same for a file; "-" is standard input. */
int cuid_read_file(uint8_t cuid[ASRCB_CUID_SIZE], const char *path, struct error *err);

#endif
