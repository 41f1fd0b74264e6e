/* SPDX-License-Identifier: MIT */
/* What all measuring programs need. */
#ifndef UV_BENCH_RATE_H
#define UV_BENCH_RATE_H

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Seconds, from some moment on. */
static inline double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Ends the program, naming @what, when it did not work. */
static inline void need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "%s: %s failed\n", program_invocation_short_name, what);
	exit(1);
}

#endif
