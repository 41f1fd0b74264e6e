/* SPDX-License-Identifier: MIT */
#include "ultravisor/hasher.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

/* One is digested while the other is filled. */
#define BUFFERS 2

struct piece {
	uint8_t *bytes;
	size_t size;
	uint64_t address;
	struct page_tweak tweak;
};

struct hasher {
	struct page_digests *digests;
	struct piece pieces[BUFFERS]; /* piece n of the work is at n % BUFFERS */
	bool threaded;
	pthread_t thread;
	pthread_mutex_t lock; /* the fields below */
	pthread_cond_t changed;
	uint64_t submitted;
	uint64_t digested;
	bool ending;
	int failure; /* enum error_code of the first failure */
};

/* Digests the next piece without holding the lock; called with it held. */
static void work_on_next(struct hasher *hasher)
{
	struct piece *piece = &hasher->pieces[hasher->digested % BUFFERS];
	int rc;

	pthread_mutex_unlock(&hasher->lock);
	rc = page_digests_add_run(hasher->digests, piece->bytes,
				  piece->size / CRYPTO_PAGE_SIZE, piece->address,
				  &piece->tweak, NULL);
	pthread_mutex_lock(&hasher->lock);
	if (rc < 0 && hasher->failure == 0)
		hasher->failure = rc;
	hasher->digested++;
	pthread_cond_broadcast(&hasher->changed);
}

static void *run(void *context)
{
	struct hasher *hasher = context;

	pthread_mutex_lock(&hasher->lock);
	for (;;) {
		if (hasher->digested < hasher->submitted)
			work_on_next(hasher);
		else if (hasher->ending)
			break;
		else
			pthread_cond_wait(&hasher->changed, &hasher->lock);
	}
	pthread_mutex_unlock(&hasher->lock);
	return NULL;
}

/* The program's signals are not for this thread. */
static bool start_thread(struct hasher *hasher)
{
	sigset_t all, before;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&hasher->thread, NULL, run, hasher);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc == 0;
}

struct hasher *hasher_new(struct page_digests *digests)
{
	struct hasher *hasher = calloc(1, sizeof(*hasher));
	uint8_t *bytes = malloc(BUFFERS * HASHER_PIECE_SIZE);

	if (!hasher || !bytes) {
		free(hasher);
		free(bytes);
		return NULL;
	}
	hasher->digests = digests;
	for (size_t i = 0; i < BUFFERS; i++)
		hasher->pieces[i].bytes = bytes + i * HASHER_PIECE_SIZE;
	pthread_mutex_init(&hasher->lock, NULL);
	pthread_cond_init(&hasher->changed, NULL);
	hasher->threaded = start_thread(hasher);
	return hasher;
}

uint8_t *hasher_buffer(struct hasher *hasher)
{
	uint8_t *bytes;

	pthread_mutex_lock(&hasher->lock);
	while (hasher->submitted - hasher->digested >= BUFFERS)
		pthread_cond_wait(&hasher->changed, &hasher->lock);
	bytes = hasher->pieces[hasher->submitted % BUFFERS].bytes;
	pthread_mutex_unlock(&hasher->lock);
	return bytes;
}

void hasher_submit(struct hasher *hasher, size_t size, uint64_t address,
		   struct page_tweak tweak)
{
	struct piece *piece;

	pthread_mutex_lock(&hasher->lock);
	piece = &hasher->pieces[hasher->submitted % BUFFERS];
	piece->size = size;
	piece->address = address;
	piece->tweak = tweak;
	hasher->submitted++;
	pthread_cond_broadcast(&hasher->changed);
	if (!hasher->threaded)
		work_on_next(hasher);
	pthread_mutex_unlock(&hasher->lock);
}

int hasher_drain(struct hasher *hasher)
{
	int rc;

	pthread_mutex_lock(&hasher->lock);
	while (hasher->digested < hasher->submitted)
		pthread_cond_wait(&hasher->changed, &hasher->lock);
	rc = hasher->failure;
	pthread_mutex_unlock(&hasher->lock);
	return rc;
}

int hasher_free(struct hasher *hasher)
{
	int rc = hasher_drain(hasher);

	pthread_mutex_lock(&hasher->lock);
	hasher->ending = true;
	pthread_cond_broadcast(&hasher->changed);
	pthread_mutex_unlock(&hasher->lock);
	if (hasher->threaded)
		pthread_join(hasher->thread, NULL);
	pthread_cond_destroy(&hasher->changed);
	pthread_mutex_destroy(&hasher->lock);
	free(hasher->pieces[0].bytes);
	free(hasher);
	return rc;
}
