/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "cli/internal.h"

#define MIB (1024.0 * 1024.0)

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void show(void *context, uint64_t done, uint64_t total)
{
	struct cli *cli = context;
	double now = seconds_now(), elapsed = now - cli->progress_start;
	double rate;

	/* Work that is over in a moment shows nothing; then five times a second. */
	if (elapsed < 0.5 || (now - cli->progress_shown < 0.2 && done != total))
		return;
	cli->progress_shown = now;
	rate = (double)done / elapsed;
	cli->progress_open = done < total;
	if (done >= total)
		fprintf(stderr, "\r\033[K%s: %.1f MiB in %.1f s (%.0f MiB/s)\n",
			cli->progress_what, (double)total / MIB, elapsed, rate / MIB);
	else
		fprintf(stderr, "\r\033[K%s: %.1f of %.1f MiB, %.0f MiB/s, %.0f s left",
			cli->progress_what, (double)done / MIB,
			(double)total / MIB, rate / MIB,
			rate > 0 ? (double)(total - done) / rate : 0.0);
}

void cli_progress_break(struct cli *cli)
{
	if (cli->progress_open)
		fputc('\n', stderr);
	cli->progress_open = false;
}

void cli_progress_start(struct cli *cli, const char *what)
{
	cli->progress_what = what;
	cli->progress_start = seconds_now();
	cli->progress_shown = 0;
	cli->progress.context = cli;
	cli->progress.update =
		isatty(STDERR_FILENO) && cli->verbosity >= 0 ? show : NULL;
}
