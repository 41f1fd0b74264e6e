/* SPDX-License-Identifier: MIT */
/*
 * What every payload has: a begin and an end. payload_main() is the program;
 * when it returns the results are complete and the payload ends as its
 * parameters say.
 */
#ifndef UV_PAYLOAD_PAYLOAD_H
#define UV_PAYLOAD_PAYLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/cpu.h"

#define PAGE_SIZE 4096UL

/* Set by the linker: the payload's storage, and what the test appended to it. */
extern const char payload_start[] LINKED_HERE;
extern const char payload_parameters[] LINKED_HERE;

/*
 * The program. Nothing was set up for it but a stack, so that it can look at
 * what it finds; before anything else it calls interruptions_unexpected().
 */
void payload_main(void);

/* From now on a program interruption ends the payload with a message. */
void interruptions_unexpected(void);

/* The first instruction: also to be reached by a reset, then all begins again. */
void payload_entry(void) LINKED_HERE;
_Noreturn void payload_begin(void);

/*
 * Parameters are NAME=VALUE, separated by single blanks, ended by a NUL, less
 * than a page. The value of @name, or NULL.
 */
const char *parameter(const char *name);

/* The value as a decimal number, or @otherwise when there is none. */
unsigned parameter_number(const char *name, unsigned otherwise);

/* Whether the value is @text. */
bool parameter_is(const char *name, const char *text);

#endif
