/* SPDX-License-Identifier: MIT */
/* Service calls to the SCLP. */
#ifndef UV_GUEST_SCLP_H
#define UV_GUEST_SCLP_H

#include <stdint.h>

#include "lib/sclp_message.h"

#define SCLP_WRITE_EVENT_DATA 0x00760005

/*
 * Carries out @command on @sccb (below 2 GiB, not crossing a page) and waits
 * for its completion, some two seconds at most, so that no interruption stays
 * pending for whoever runs next. External interruptions have to be closed; CR0,
 * the clock comparator and the external new PSW are the same afterwards.
 * Returns the response code of the SCCB, 0 when there is no SCLP.
 */
uint16_t sclp_call(uint32_t command, struct sccb *sccb);

#endif
