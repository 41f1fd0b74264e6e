/* SPDX-License-Identifier: MIT */
/*
 * How fast a dump is read, next to what limits it.
 *
 *     dump_rate NAME THREADS MEBIBYTES ROUNDS DUMP OUTPUT COMMAND...
 *     dump_rate reads FILE COUNT
 *
 * The first runs COMMAND several times; before and after each run AES-256-XTS is
 * measured in this process, page by page as in a dump, and so is the plain copy of
 * DUMP to OUTPUT, synchronised as an output file is. The second reads COUNT pages at
 * random, each for the first time. Both print one line with medians.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "crypto/crypto.h"

#define MIB ((size_t)1 << 20)
#define CIPHERED (128 * MIB) /* for one measurement of the limit */
#define MAX_ROUNDS 99

struct round {
	double xts;     /* bytes in a second, on one core */
	double copy;
	double seconds; /* of the command */
	double ratio;   /* of the command's rate to its limit */
	long rss_kib;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void need(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "dump_rate: %s failed\n", what);
	exit(1);
}

static double xts_rate(void)
{
	static uint8_t buffer[MIB];
	uint8_t key[XTS_KEY_SIZE] = { 1 }, tweak[XTS_TWEAK_SIZE] = { 0 };
	struct xts *xts;
	double start;

	need(xts_new(&xts, key, XTS_DECRYPT, NULL) == 0, "AES-XTS");
	start = now();
	for (size_t done = 0; done < CIPHERED; done += CRYPTO_PAGE_SIZE) {
		uint8_t *page = buffer + done % MIB;

		memcpy(tweak, &done, sizeof(done));
		need(xts_page(xts, tweak, page, page, NULL) == 0, "AES-XTS");
	}
	xts_free(xts);
	return (double)CIPHERED / (now() - start);
}

static double copy_rate(const char *from, const char *to)
{
	static uint8_t buffer[MIB];
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	double start = now(), bytes = 0;
	ssize_t count;

	need(in >= 0 && out >= 0, "opening for the copy");
	while ((count = read(in, buffer, sizeof(buffer))) > 0) {
		need(write(out, buffer, (size_t)count) == count, "the copy");
		bytes += (double)count;
	}
	need(count == 0 && fsync(out) == 0 && close(out) == 0 && close(in) == 0, "the copy");
	start = now() - start;
	unlink(to);
	return bytes / start;
}

static void run(struct round *round, const char *output, char **command)
{
	double begin;
	struct rusage usage;
	int status;
	pid_t child;

	unlink(output);
	sync(); /* or this run pays for writing the last one back */
	begin = now();
	child = fork();
	need(child >= 0, "fork");
	if (child == 0) {
		execvp(command[0], command);
		_exit(127);
	}
	need(wait4(child, &status, 0, &usage) == child, "wait");
	round->seconds = now() - begin;
	need(WIFEXITED(status) && WEXITSTATUS(status) == 0, command[0]);
	round->rss_kib = usage.ru_maxrss;
	unlink(output);
}

static int by_ratio(const void *a, const void *b)
{
	const struct round *x = a, *y = b;

	return (x->ratio > y->ratio) - (x->ratio < y->ratio);
}

static void measure(char **argv)
{
	double threads = strtod(argv[2], NULL), bytes = strtod(argv[3], NULL) * (double)MIB;
	size_t count = strtoul(argv[4], NULL, 10);
	struct round rounds[MAX_ROUNDS], *median = &rounds[count / 2];
	const char *dump = argv[5], *output = argv[6];

	need(count >= 1 && count <= MAX_ROUNDS, "counting");
	for (size_t i = 0; i < count; i++) {
		struct round *round = &rounds[i];
		double limit;

		sync();
		round->xts = xts_rate();
		round->copy = copy_rate(dump, output);
		run(round, output, argv + 7);
		round->xts = (round->xts + xts_rate()) / 2;
		round->copy = (round->copy + copy_rate(dump, output)) / 2;
		limit = threads * round->xts;
		/* What writes nothing is not held up by writing. */
		if (strcmp(argv[1], "copy") == 0 && round->copy < limit)
			limit = round->copy;
		round->ratio = bytes / round->seconds / limit;
	}
	qsort(rounds, count, sizeof(rounds[0]), by_ratio);
	printf("%-7s %s thread(s), %s MiB: %5.0f MB/s; AES-XTS on one core: %5.0f MB/s; plain "
	       "copy: %5.0f MB/s; ratio to the limit %.2f; peak memory %ld MiB\n",
	       argv[1], argv[2], argv[3], bytes / median->seconds / 1e6, median->xts / 1e6,
	       median->copy / 1e6, median->ratio, (median->rss_kib + 1023) / 1024);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure_reads(const char *path, size_t count)
{
	double *times = calloc(count, sizeof(*times)), begin, total;
	int fd = open(path, O_RDONLY);
	uint8_t page[CRYPTO_PAGE_SIZE];
	struct stat st;
	size_t pages;

	need(times && fd >= 0 && fstat(fd, &st) == 0, path);
	pages = (size_t)st.st_size / sizeof(page);
	need(count > 0 && count <= pages, "counting");
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM); /* no reading ahead */
	total = now();
	for (size_t i = 0; i < count; i++) {
		/* A walk that comes to no page twice: the step is a prime. */
		off_t offset = (off_t)(i * 104729 % pages * sizeof(page));

		begin = now();
		need(pread(fd, page, sizeof(page), offset) == sizeof(page), "reading");
		times[i] = now() - begin;
	}
	total = now() - total;
	qsort(times, count, sizeof(times[0]), by_value);
	printf("mount   %zu random reads of 4 KiB: %.0f in a second; median %.1f us, 99 of 100 "
	       "below %.1f us\n", count, (double)count / total, times[count / 2] * 1e6,
	       times[count * 99 / 100] * 1e6);
	free(times);
	close(fd);
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "reads") == 0) {
		measure_reads(argv[2], strtoul(argv[3], NULL, 10));
	} else if (argc >= 8) {
		measure(argv);
	} else {
		fprintf(stderr, "usage: dump_rate NAME THREADS MEBIBYTES ROUNDS DUMP OUTPUT "
				"COMMAND...\n       dump_rate reads FILE COUNT\n");
		return 2;
	}
	return 0;
}
