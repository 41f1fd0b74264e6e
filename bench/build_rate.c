/* SPDX-License-Identifier: MIT */
/*
 * How fast a program builds an image, next to what limits it: one SHA-512 over
 * as many bytes. Runs the command several times; before and after each run the
 * hash is measured in this process. Prints one line with the medians.
 *
 *     build_rate NAME MEBIBYTES ROUNDS OUTPUT COMMAND...
 *
 * OUTPUT, the file that the command makes, is removed before each run.
 */
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rate.h"

#define MIB ((size_t)1 << 20)
#define HASHED (64 * MIB) /* for one measurement of the limit */
#define MAX_ROUNDS 99

struct round {
	double hash_rate; /* bytes in a second */
	double seconds;
	double cpu;       /* seconds, all threads */
	long rss_kib;
};

/* Buffers of 1 MiB one after the other, as `openssl speed` does it. */
static double hash_rate(void)
{
	static uint8_t buffer[1 << 20];
	uint8_t digest[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	double start = now();

	need(ctx && EVP_DigestInit_ex(ctx, EVP_sha512(), NULL) == 1, "SHA-512");
	for (size_t done = 0; done < HASHED; done += sizeof(buffer))
		need(EVP_DigestUpdate(ctx, buffer, sizeof(buffer)) == 1, "SHA-512");
	need(EVP_DigestFinal_ex(ctx, digest, NULL) == 1, "SHA-512");
	EVP_MD_CTX_free(ctx);
	return (double)HASHED / (now() - start);
}

static pid_t start(char **command)
{
	pid_t child = fork();

	need(child >= 0, "fork");
	if (child > 0)
		return child;
	int null = open("/dev/null", O_RDWR);

	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	execvp(command[0], command);
	_exit(127);
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec * 1e-6;
}

static struct round measure(const char *output, char **command)
{
	double before = hash_rate(), begin;
	struct rusage usage;
	struct round round;
	int status;
	pid_t child;

	unlink(output);
	sync(); /* or this run pays for writing the last one back */
	begin = now();
	child = start(command);
	need(wait4(child, &status, 0, &usage) == child, "wait");
	round.seconds = now() - begin;
	need(WIFEXITED(status) && WEXITSTATUS(status) == 0, command[0]);
	round.hash_rate = (before + hash_rate()) / 2;
	round.cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime);
	round.rss_kib = usage.ru_maxrss;
	return round;
}

static int by_time_to_limit(const void *a, const void *b)
{
	const struct round *x = a, *y = b;
	double difference = x->seconds * x->hash_rate - y->seconds * y->hash_rate;

	return (difference > 0) - (difference < 0);
}

int main(int argc, char **argv)
{
	struct round rounds[MAX_ROUNDS], *median;
	double bytes;
	size_t count;

	if (argc < 6 || (count = strtoul(argv[3], NULL, 10)) < 1 || count > MAX_ROUNDS) {
		fprintf(stderr, "usage: build_rate NAME MEBIBYTES ROUNDS OUTPUT COMMAND...\n");
		return 2;
	}
	bytes = strtod(argv[2], NULL) * (double)MIB;
	for (size_t i = 0; i < count; i++)
		rounds[i] = measure(argv[4], argv + 5);
	qsort(rounds, count, sizeof(rounds[0]), by_time_to_limit);
	median = &rounds[count / 2];
	printf("%-12s %5s MiB: %6.3f s, %5.0f MB/s; SHA-512: %5.0f MB/s; ratio %.3f; "
	       "CPU %.2f s; peak memory %ld MiB\n",
	       argv[1], argv[2], median->seconds, bytes / median->seconds / 1e6,
	       median->hash_rate / 1e6, bytes / median->seconds / median->hash_rate,
	       median->cpu, (median->rss_kib + 1023) / 1024);
	return 0;
}
