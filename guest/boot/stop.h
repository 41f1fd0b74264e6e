/* SPDX-License-Identifier: MIT */
/* How a boot stage ends when it cannot go on. */
#ifndef UV_GUEST_STOP_H
#define UV_GUEST_STOP_H

#include <stdnoreturn.h>

/* Reason codes in the address of the disabled-wait PSW. */
enum stop_reason {
	STOP_INTERNAL = 0x4511,    /* the image is not put together properly */
	STOP_NO_FACILITY = 0x4607, /* the machine has no unpack facility */
	STOP_PV_SETUP = 0x4608,    /* the hypervisor refused the protected start */
};

/* Shows one line on the consoles. */
void say(const char *text);

/*
 * From now on a program interruption is reported and stops the stage; undone
 * by stop_on_program_check_end(), which leaves the prefix area as after reset.
 */
void stop_on_program_check(void);
void stop_on_program_check_end(void);

#endif
