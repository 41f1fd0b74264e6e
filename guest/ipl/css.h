/* SPDX-License-Identifier: MIT */
/*
 * Channel subsystem, as far as a boot loader needs it: look for subchannels,
 * and run one channel program at a time, without interruptions. Source: linux:
 * arch/s390/include/asm/schid.h, drivers/s390/cio/; qemu: hw/s390x/css.c.
 */
#ifndef UV_GUEST_CSS_H
#define UV_GUEST_CSS_H

#include <stdbool.h>
#include <stdint.h>

#define CSS_SETS 4
#define CSS_SUBCHANNELS 65536

/* The word that names subchannel @number of subchannel set @ssid to the CPU. */
static inline uint32_t subchannel_id(unsigned ssid, unsigned number)
{
	return 0x00010000U | ssid << 17 | number;
}

/* One command of a channel program (format 1). */
struct ccw {
	uint8_t command;
	uint8_t flags;
	uint16_t count;   /* bytes of data */
	uint32_t address; /* of the data, below 2 GiB */
} __attribute__((aligned(8)));

/* Makes subchannel sets 1 to 3 answer; without the facility only 0 does. */
void css_enable_sets(void);

enum css_found {
	CSS_DEVICE, /* has a device, whose number is in *@devno */
	CSS_EMPTY,
	CSS_END,    /* no subchannels from here on */
};

enum css_found css_look(uint32_t id, uint16_t *devno);

/* Lets the subchannel execute channel programs. */
bool css_enable(uint32_t id);

/*
 * Runs one command with @count bytes at @data and waits for its end; more or
 * fewer bytes than the device wants are no error. False when it was rejected.
 */
bool css_run(uint32_t id, uint8_t command, const void *data, uint16_t count);

#endif
