/* SPDX-License-Identifier: MIT */
/*
 * Lets a short piece of work end before a signal ends the program, so that no
 * temporary folder, with keys in it, stays behind.
 */
#ifndef UV_TOOLS_ULTRAVIOLET_HOLD_H
#define UV_TOOLS_ULTRAVIOLET_HOLD_H

#include <signal.h>

static inline void hold_signals(sigset_t *before)
{
	sigset_t held;

	sigemptyset(&held);
	sigaddset(&held, SIGHUP);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigprocmask(SIG_BLOCK, &held, before);
}

/* What has arrived meanwhile takes effect now. */
static inline void release_signals(const sigset_t *before)
{
	sigprocmask(SIG_SETMASK, before, NULL);
}

#endif
