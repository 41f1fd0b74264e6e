/* SPDX-License-Identifier: MIT */
/*
 * How a boot loader of Secure IPL talks and ends. A program that uses it has a
 * data segment and defines program_check_entry, which calls program_check() on a
 * new stack.
 */
#ifndef UV_GUEST_STOP_BOOT_H
#define UV_GUEST_STOP_BOOT_H

#include <stdint.h>
#include <stdnoreturn.h>

/* Address of the disabled-wait PSW with which a boot loader ends. */
#define STOP_NO_BOOT 0x4512

/* Shows one line on the consoles. */
void say(const char *text);

/* Shows what to do about what was said before. */
void say_remedy(const char *remedy);

/* Says what is wrong and what to do (may be NULL), and stops the machine. */
noreturn void stop_boot(const char *text, const char *remedy);

/*
 * Starts what the short PSW @psw points to, as if it had just been loaded: in
 * 31-bit addressing, with the machine reset and its storage kept.
 */
noreturn void start_program(uint64_t psw);

/*
 * From now on a program interruption is reported and stops the machine; undone
 * by stop_on_program_check_end(), which leaves the prefix area as after reset.
 */
void stop_on_program_check(void);
void stop_on_program_check_end(void);

#endif
