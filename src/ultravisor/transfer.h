/* SPDX-License-Identifier: MIT */
#ifndef UV_ULTRAVISOR_TRANSFER_H
#define UV_ULTRAVISOR_TRANSFER_H

#include "ultravisor/configuration.h"

/* The tweak component of an exported page, as a dump tells it. */
void export_tweak_component(uint8_t component[XTS_TWEAK_SIZE],
			    const struct export_record *record);

/*
 * Takes @count numbers of exports, from *@first on, which no export has had and
 * none will have again. ERR_CRYPTO when they are used up.
 */
int export_numbers_take(struct configuration *c, uint64_t count, uint64_t *first);

#endif
