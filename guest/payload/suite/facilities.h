/* SPDX-License-Identifier: MIT */
/* STORE FACILITY LIST EXTENDED, with exact control of what it may store. */
#ifndef UV_PAYLOAD_FACILITIES_H
#define UV_PAYLOAD_FACILITIES_H

#include <stdbool.h>
#include <stdint.h>

#include "payload/suite/probe.h"

#define FACILITY_WORDS 8 /* room for more than any machine has */
#define FACILITY_UVC 158

struct facilities {
	uint64_t words[FACILITY_WORDS]; /* 64 bits each */
};

/* Every word that is not stored keeps this. */
#define FACILITY_WORD_KEPT 0xeeeeeeeeeeeeeeeeUL

/* STFLE with the address in register 3. */
extern const char stfle[] LINKED_HERE;

/* A probe of @code that asks for @words words at @list. */
struct probe stfle_probe(const void *code, struct facilities *list, unsigned words);

/* Stores @words words, the others are FACILITY_WORD_KEPT. */
struct outcome stfle_run(struct facilities *list, unsigned words);

static inline bool facility(const struct facilities *list, unsigned bit)
{
	return list->words[bit / 64] >> (63 - bit % 64) & 1;
}

#endif
