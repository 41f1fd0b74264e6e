/* SPDX-License-Identifier: MIT */
#include "base/side_work.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

struct side_work {
	side_work_t *work;
	void *context;
	uint8_t *buffers; /* piece n is in buffer n % SIDE_WORK_BUFFERS */
	size_t buffer_size;
	size_t sizes[SIDE_WORK_BUFFERS];
	bool threaded;
	pthread_t thread;
	pthread_mutex_t lock; /* the fields below */
	pthread_cond_t changed;
	uint64_t submitted;
	uint64_t done;
	bool ending;
	int failure; /* the first one */
};

static uint8_t *bytes_of(struct side_work *side, unsigned buffer)
{
	return side->buffers + buffer * side->buffer_size;
}

/* Works on the next piece without holding the lock; called with it held. */
static void work_on_next(struct side_work *side)
{
	unsigned buffer = side->done % SIDE_WORK_BUFFERS;
	int rc;

	pthread_mutex_unlock(&side->lock);
	rc = side->work(side->context, buffer, bytes_of(side, buffer), side->sizes[buffer]);
	pthread_mutex_lock(&side->lock);
	if (rc < 0 && side->failure == 0)
		side->failure = rc;
	side->done++;
	pthread_cond_broadcast(&side->changed);
}

static void *run(void *context)
{
	struct side_work *side = context;

	pthread_mutex_lock(&side->lock);
	for (;;) {
		if (side->done < side->submitted)
			work_on_next(side);
		else if (side->ending)
			break;
		else
			pthread_cond_wait(&side->changed, &side->lock);
	}
	pthread_mutex_unlock(&side->lock);
	return NULL;
}

/* The program's signals are not for this thread. */
static bool start_thread(struct side_work *side)
{
	sigset_t all, before;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&side->thread, NULL, run, side);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc == 0;
}

struct side_work *side_work_new(size_t buffer_size, side_work_t *work, void *context)
{
	struct side_work *side = calloc(1, sizeof(*side));
	uint8_t *buffers = malloc(SIDE_WORK_BUFFERS * buffer_size);

	if (!side || !buffers) {
		free(side);
		free(buffers);
		return NULL;
	}
	side->work = work;
	side->context = context;
	side->buffers = buffers;
	side->buffer_size = buffer_size;
	pthread_mutex_init(&side->lock, NULL);
	pthread_cond_init(&side->changed, NULL);
	side->threaded = start_thread(side);
	return side;
}

uint8_t *side_work_buffer(struct side_work *side, unsigned *buffer)
{
	unsigned next;

	pthread_mutex_lock(&side->lock);
	while (side->submitted - side->done >= SIDE_WORK_BUFFERS)
		pthread_cond_wait(&side->changed, &side->lock);
	next = side->submitted % SIDE_WORK_BUFFERS;
	pthread_mutex_unlock(&side->lock);
	if (buffer)
		*buffer = next;
	return bytes_of(side, next);
}

void side_work_submit(struct side_work *side, size_t size)
{
	pthread_mutex_lock(&side->lock);
	side->sizes[side->submitted % SIDE_WORK_BUFFERS] = size;
	side->submitted++;
	pthread_cond_broadcast(&side->changed);
	if (!side->threaded)
		work_on_next(side);
	pthread_mutex_unlock(&side->lock);
}

int side_work_drain(struct side_work *side)
{
	int rc;

	pthread_mutex_lock(&side->lock);
	while (side->done < side->submitted)
		pthread_cond_wait(&side->changed, &side->lock);
	rc = side->failure;
	pthread_mutex_unlock(&side->lock);
	return rc;
}

int side_work_free(struct side_work *side)
{
	int rc = side_work_drain(side);

	pthread_mutex_lock(&side->lock);
	side->ending = true;
	pthread_cond_broadcast(&side->changed);
	pthread_mutex_unlock(&side->lock);
	if (side->threaded)
		pthread_join(side->thread, NULL);
	pthread_cond_destroy(&side->changed);
	pthread_mutex_destroy(&side->lock);
	free(side->buffers);
	free(side);
	return rc;
}
