/* SPDX-License-Identifier: MIT */
/*
 * What is known about the results of all ultravisor calls: the rows of
 * reasons.h, and those of the calls that boot stages have nothing to do with.
 */
#ifndef UV_ULTRAVISOR_REASON_TABLE_H
#define UV_ULTRAVISOR_REASON_TABLE_H

#include <stdint.h>

#include "ultravisor/reasons.h"

#define ANY_CALL 0

struct reason {
	uint16_t call; /* code, or ANY_CALL */
	uint16_t rc;
	uint16_t rrc;  /* or UV_ANY_RRC */
	const char *reason;
	const char *remedy; /* NULL when there is nothing to do */
};

/* Ended by an entry without a reason. */
extern const struct reason reasons[];

/* The first row that fits; NULL when nothing is known. */
const struct reason *reason_find(uint16_t call, uint16_t rc, uint16_t rrc);

struct diag308_reason {
	uint16_t code;
	const char *reason;
	const char *remedy; /* NULL when there is nothing to do */
};

/* Ended by an entry without a reason. */
extern const struct diag308_reason diag308_reasons[];

#endif
