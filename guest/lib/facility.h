/* SPDX-License-Identifier: MIT */
/* Facilities of the CPU. */
#ifndef UV_GUEST_FACILITY_H
#define UV_GUEST_FACILITY_H

#include <stdbool.h>

#define FACILITY_STFLE 7
#define FACILITY_UNPACK 161

/* Whether facility bit @bit (0..255) is installed. */
bool facility_installed(unsigned bit);

#endif
