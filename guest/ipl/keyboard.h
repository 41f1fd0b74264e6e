/* SPDX-License-Identifier: MIT */
/* Input from the ASCII console, polled. */
#ifndef UV_GUEST_KEYBOARD_H
#define UV_GUEST_KEYBOARD_H

#include <stdbool.h>

/* Asks the machine for input. False when it has no such console. */
bool keyboard_open(void);

/* What was typed since the last time: up to @room bytes at @text; how many. */
unsigned keyboard_read(char *text, unsigned room);

/* Later input is for the program that is booted. */
void keyboard_close(void);

#endif
