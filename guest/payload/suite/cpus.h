/* SPDX-License-Identifier: MIT */
/* The CPUs of the configuration: SIGNAL PROCESSOR, and work for further CPUs. */
#ifndef UV_PAYLOAD_CPUS_H
#define UV_PAYLOAD_CPUS_H

#include <stdbool.h>
#include <stdint.h>

#define CPUS_MAX 4 /* CPUs 0 to 3 can be given work */

enum sigp_order {
	SIGP_SENSE = 1,
	SIGP_STOP = 5,
	SIGP_RESTART = 6,
	SIGP_SET_PREFIX = 13,
};

enum sigp_cc {
	SIGP_ACCEPTED = 0,
	SIGP_STATUS_STORED = 1,
	SIGP_BUSY = 2,
	SIGP_NOT_OPERATIONAL = 3,
};

#define SIGP_STATUS_STOPPED 0x40

/* Condition code; the status goes to *@status when one was stored. */
enum sigp_cc sigp(unsigned cpu, enum sigp_order order, uint64_t parameter,
		  uint32_t *status);

bool cpu_exists(unsigned cpu);
bool cpu_is_stopped(unsigned cpu);
unsigned cpu_count(void);
unsigned cpu_address(void);

/*
 * Starts the stopped CPU @cpu, below CPUS_MAX, with a prefix area and a
 * stack of its own; it calls @function with @argument and stops again.
 */
void cpu_start(unsigned cpu, void (*function)(void *argument), void *argument);

/* Waits until @cpu has stopped. */
void cpu_wait(unsigned cpu);

/* The prefix of the running CPU. Its prefix area has to be at @area then. */
uint32_t prefix(void);
void set_prefix(uint32_t area);

#define PREFIX_AREA_SIZE 8192

#endif
