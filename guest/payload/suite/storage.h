/* SPDX-License-Identifier: MIT */
/* What is in storage, and how much of it there is. */
#ifndef UV_PAYLOAD_STORAGE_H
#define UV_PAYLOAD_STORAGE_H

#include <stdint.h>

/* The first byte's address in [@start, @end), of doublewords, that is not zero; else @end. */
uint64_t first_not_zero(uint64_t start, uint64_t end);

/*
 * The number of bytes from address 0 on that do not end in an addressing
 * exception, in MiB steps. Changes the new PSWs in the prefix area.
 */
uint64_t storage_size(void);

#endif
