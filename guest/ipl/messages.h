/* SPDX-License-Identifier: MIT */
/* What the loader (src/ipl/load.h) finds, told to people. */
#ifndef UV_GUEST_IPL_MESSAGES_H
#define UV_GUEST_IPL_MESSAGES_H

#include "ipl/load.h"

/* Shows @message on the consoles. */
void say_message(const struct load_message *message);

#endif
