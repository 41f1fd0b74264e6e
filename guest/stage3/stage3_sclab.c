/* SPDX-License-Identifier: MIT */
/* The end of stage 3: it may be loaded to, and started at, one address only. */
#include "ipl/bootmap.h"
#include "ipl/sclab.h"
#include "ipl/stage3.h"

struct stage3_end {
	struct sclab sclab;
	struct sclab_locator locator;
};
WIRE_SIZE(struct stage3_end, SCLAB_LENGTH_MIN);

/* A constant of that many bytes of the word @v, for initialisers. */
#define BYTES_2(v) { { (uint8_t)((v) >> 8), (uint8_t)(v) } }
#define BYTES_8(v)                                                                     \
	{ { (uint8_t)((v) >> 56), (uint8_t)((v) >> 48), (uint8_t)((v) >> 40),          \
	    (uint8_t)((v) >> 32), (uint8_t)((v) >> 24), (uint8_t)((v) >> 16),          \
	    (uint8_t)((v) >> 8), (uint8_t)(v) } }

extern const struct stage3_end stage3_end;
const struct stage3_end stage3_end __attribute__((section(".sclab"), used)) = {
	.sclab = {
		.format = SCLAB_FORMAT,
		.flags = BYTES_2(SCLAB_OPSW | SCLAB_OLA),
		.load_psw = BYTES_8(STAGE3_PSW),
		.load_address = BYTES_8(STAGE3_ADDRESS),
	},
	.locator = {
		.length = BYTES_2(SCLAB_LENGTH_MIN),
		.magic = { 'z', 'I', 'P', 'L' },
	},
};
