/* SPDX-License-Identifier: MIT */
/*
 * Console messages as the service-call logical processor (SCLP) takes them:
 * a service-call control block (SCCB) with one event of type 0x1a (text for
 * the ASCII console) or 0x02 (a line of EBCDIC for the operating-system
 * messages console). Compiles on the build machine too, for unit tests.
 * Source: linux: drivers/s390/char/sclp.h, sclp_rw.h; qemu:
 * include/hw/s390x/sclp.h, hw/char/sclpconsole-lm.c.
 */
#ifndef UV_GUEST_SCLP_MESSAGE_H
#define UV_GUEST_SCLP_MESSAGE_H

#include <stdint.h>

#include "base/be.h"

#define SCCB_SIZE 4096
#define SCLP_RESPONSE_DONE 0x0020

struct sccb {
	be16_t length;       /* 0x00 */
	uint8_t function;    /* 0x02 */
	uint8_t control[3];  /* 0x03 */
	be16_t response;     /* 0x06 */
	uint8_t content[];   /* 0x08 */
};
WIRE_AT(struct sccb, response, 0x06);
WIRE_SIZE(struct sccb, 0x08);

/*
 * Fills the SCCB_SIZE bytes at @sccb so that "write event data" shows @text
 * as one line. Text that does not fit is cut off.
 */
void sclp_ascii_message(struct sccb *sccb, const char *text);
void sclp_line_message(struct sccb *sccb, const char *text);

#endif
