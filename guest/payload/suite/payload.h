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

/* The program. */
void payload_main(void);

/* Of payload_entry.S and probe.c. */
void payload_entry(void) LINKED_HERE;
_Noreturn void payload_begin(void);
void interruptions_unexpected(void);

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
