/* SPDX-License-Identifier: MIT */
/* What the machine is, as the service-call logical processor tells it. */
#ifndef UV_GUEST_SCP_H
#define UV_GUEST_SCP_H

#include <stdbool.h>
#include <stdint.h>

struct scp {
	uint64_t storage_size; /* in bytes, from address 0 */
	bool cstore;           /* certificate store: DIAGNOSE 320 */
	bool sipl;             /* secure IPL */
	bool sclaf;            /* secure-code-loading attributes */
};

/* False when the machine does not tell. */
bool scp_read(struct scp *scp);

#endif
