/* SPDX-License-Identifier: MIT */
/* EBCDIC, code page 500: the one that Linux takes names of certificates for. */
#ifndef UV_IPL_EBCDIC_H
#define UV_IPL_EBCDIC_H

#include <stdint.h>

#define EBCDIC_BLANK 0x40

/* A question mark for what is not printable ASCII. */
uint8_t ebcdic_from_ascii(char c);

#endif
