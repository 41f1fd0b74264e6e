/* SPDX-License-Identifier: MIT */
/*
 * Chunks are numbered from 0 in the order in which they are fed; chunk n lives
 * in ring[n % RING_CHUNKS]. The feeding thread fills it, some cipher thread
 * encrypts it in place, then hasher and writer take it, each in order. A chunk
 * is free again when both have passed it.
 *
 * A feeder that found the ring full goes on when half of it is free: threads
 * then work for a while instead of waking each other for every chunk.
 */
#include "image/page_pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/secret.h"

#define CHUNK_SIZE (1024UL * 1024)
#define RING_CHUNKS 16
#define MAX_CIPHER_THREADS 4
#define MAX_THREADS (MAX_CIPHER_THREADS + 2)

struct chunk {
	uint8_t *bytes;
	size_t size;      /* whole pages; CHUNK_SIZE while it is being filled */
	uint64_t address;
	uint64_t prefix;
	uint64_t offset;  /* of the first page inside its component */
	bool sealed;      /* final: may be hashed and written */
};

struct page_pipe {
	int fd;
	struct secret *key; /* NULL: no encryption */
	struct page_digests *digests;
	uint8_t *buffers;
	const struct progress *progress;
	uint64_t bytes_fed;
	uint64_t bytes_expected;

	pthread_t threads[MAX_THREADS];
	size_t thread_count;

	pthread_mutex_t lock; /* guards all below */
	pthread_cond_t was_fed;    /* for cipher threads */
	pthread_cond_t was_sealed; /* for hasher and writer */
	pthread_cond_t was_freed;  /* for the feeder */
	struct chunk ring[RING_CHUNKS];
	uint64_t fed;     /* chunks filled */
	uint64_t claimed; /* chunks that a cipher thread has taken */
	uint64_t hashed;
	uint64_t written;
	bool ended;       /* nothing more will be fed */
	bool stopped;     /* a thread failed, or the pipe is being dropped */
	struct error failure;
};

static struct chunk *chunk_at(struct page_pipe *pipe, uint64_t number)
{
	return &pipe->ring[number % RING_CHUNKS];
}

static void wake_all(struct page_pipe *pipe)
{
	pthread_cond_broadcast(&pipe->was_fed);
	pthread_cond_broadcast(&pipe->was_sealed);
	pthread_cond_broadcast(&pipe->was_freed);
}

/* Records the first failure and lets every thread run out. */
static void stop(struct page_pipe *pipe, const struct error *failure)
{
	pthread_mutex_lock(&pipe->lock);
	if (failure && !pipe->stopped)
		pipe->failure = *failure;
	pipe->stopped = true;
	wake_all(pipe);
	pthread_mutex_unlock(&pipe->lock);
}

/* The next chunk to encrypt, or NULL at the end. */
static struct chunk *claim_for_cipher(struct page_pipe *pipe)
{
	struct chunk *chunk = NULL;

	pthread_mutex_lock(&pipe->lock);
	while (!pipe->stopped && !pipe->ended && pipe->claimed == pipe->fed)
		pthread_cond_wait(&pipe->was_fed, &pipe->lock);
	if (!pipe->stopped && pipe->claimed < pipe->fed)
		chunk = chunk_at(pipe, pipe->claimed++);
	pthread_mutex_unlock(&pipe->lock);
	return chunk;
}

static int encrypt_chunk(struct xts *xts, struct chunk *chunk, struct error *err)
{
	for (size_t at = 0; at < chunk->size; at += CRYPTO_PAGE_SIZE) {
		struct page_tweak tweak = {
			.prefix = be64(chunk->prefix),
			.offset = be64(chunk->offset + at),
		};
		uint8_t *page = chunk->bytes + at;
		int rc = xts_page(xts, (const uint8_t *)&tweak, page, page, err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

static void *cipher_thread(void *context)
{
	struct page_pipe *pipe = context;
	struct chunk *chunk;
	struct error err = { 0 };
	struct xts *xts;
	int rc = xts_new(&xts, secret_view(pipe->key), XTS_ENCRYPT, &err);

	while (rc == 0 && (chunk = claim_for_cipher(pipe))) {
		rc = encrypt_chunk(xts, chunk, &err);
		if (rc < 0)
			break;
		pthread_mutex_lock(&pipe->lock);
		chunk->sealed = true;
		pthread_cond_broadcast(&pipe->was_sealed);
		pthread_mutex_unlock(&pipe->lock);
	}
	if (rc < 0)
		stop(pipe, &err);
	xts_free(xts);
	return NULL;
}

/* The sealed chunk number @number, or NULL at the end. */
static struct chunk *await_sealed(struct page_pipe *pipe, uint64_t number)
{
	struct chunk *chunk = chunk_at(pipe, number);

	pthread_mutex_lock(&pipe->lock);
	while (!pipe->stopped && !(number < pipe->fed && chunk->sealed) &&
	       !(number == pipe->fed && pipe->ended))
		pthread_cond_wait(&pipe->was_sealed, &pipe->lock);
	if (pipe->stopped || number == pipe->fed)
		chunk = NULL;
	pthread_mutex_unlock(&pipe->lock);
	return chunk;
}

/* Chunks that are being worked on. */
static uint64_t in_flight(const struct page_pipe *pipe)
{
	uint64_t done = pipe->hashed;

	if (pipe->fd >= 0 && pipe->written < done)
		done = pipe->written;
	return pipe->fed - done;
}

/* Tells that chunks below @number are no longer needed by the owner of @counter. */
static void pass(struct page_pipe *pipe, uint64_t *counter, uint64_t number)
{
	pthread_mutex_lock(&pipe->lock);
	*counter = number;
	if (in_flight(pipe) <= RING_CHUNKS / 2)
		pthread_cond_signal(&pipe->was_freed);
	pthread_mutex_unlock(&pipe->lock);
}

static void *hasher_thread(void *context)
{
	struct page_pipe *pipe = context;
	struct chunk *chunk;
	struct error err = { 0 };

	for (uint64_t n = 0; (chunk = await_sealed(pipe, n)); n++) {
		struct page_tweak first = {
			.prefix = be64(chunk->prefix),
			.offset = be64(chunk->offset),
		};

		if (page_digests_add_run(pipe->digests, chunk->bytes,
					 chunk->size / CRYPTO_PAGE_SIZE,
					 chunk->address, &first, &err) < 0) {
			stop(pipe, &err);
			break;
		}
		pass(pipe, &pipe->hashed, n + 1);
	}
	return NULL;
}

static int write_chunk(int fd, const struct chunk *chunk, struct error *err)
{
	for (size_t done = 0; done < chunk->size;) {
		ssize_t count = pwrite(fd, chunk->bytes + done,
				       chunk->size - done,
				       (off_t)(chunk->address + done));

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return error_set_errno(err, ERR_IO, errno,
					       "Cannot write the image");
		done += (size_t)count;
	}
	/* Let the disk start now, so that the final fsync() has little to do. */
	(void)sync_file_range(fd, (off_t)chunk->address, (off_t)chunk->size,
			      SYNC_FILE_RANGE_WRITE);
	return 0;
}

static void *writer_thread(void *context)
{
	struct page_pipe *pipe = context;
	struct chunk *chunk;
	struct error err = { 0 };

	for (uint64_t n = 0; (chunk = await_sealed(pipe, n)); n++) {
		if (write_chunk(pipe->fd, chunk, &err) < 0) {
			stop(pipe, &err);
			break;
		}
		pass(pipe, &pipe->written, n + 1);
	}
	return NULL;
}

static int start(struct page_pipe *pipe, void *(*run)(void *), struct error *err)
{
	int rc = pthread_create(&pipe->threads[pipe->thread_count], NULL, run, pipe);

	if (rc != 0)
		return error_set_errno(err, ERR_NOMEM, rc, "Cannot start a thread");
	pipe->thread_count++;
	return 0;
}

/* One core is the hasher's; the others encrypt. */
static size_t cipher_thread_count(const struct page_pipe *pipe)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (!pipe->key)
		return 0;
	if (cores <= 2)
		return 1;
	return cores > MAX_CIPHER_THREADS ? MAX_CIPHER_THREADS : (size_t)cores - 1;
}

static int start_threads(struct page_pipe *pipe, struct error *err)
{
	int rc = start(pipe, hasher_thread, err);

	if (rc == 0 && pipe->fd >= 0)
		rc = start(pipe, writer_thread, err);
	for (size_t i = cipher_thread_count(pipe); rc == 0 && i > 0; i--)
		rc = start(pipe, cipher_thread, err);
	return rc;
}

static int allocate(struct page_pipe *pipe, const uint8_t *key, struct error *err)
{
	if (key && !(pipe->key = secret_copy(key, XTS_KEY_SIZE)))
		return error_set(err, ERR_NOMEM, "Out of memory");
	pipe->buffers = mmap(NULL, RING_CHUNKS * CHUNK_SIZE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pipe->buffers == MAP_FAILED) {
		pipe->buffers = NULL;
		return error_set(err, ERR_NOMEM, "Out of memory");
	}
	/* Plain text passes through here: keep it out of core dumps. */
	(void)madvise(pipe->buffers, RING_CHUNKS * CHUNK_SIZE, MADV_DONTDUMP);
	for (size_t i = 0; i < RING_CHUNKS; i++)
		pipe->ring[i].bytes = pipe->buffers + i * CHUNK_SIZE;
	return page_digests_new(&pipe->digests, err);
}

int page_pipe_new(struct page_pipe **out, int fd, const uint8_t *key,
		  struct error *err)
{
	struct page_pipe *pipe = calloc(1, sizeof(*pipe));
	int rc;

	*out = NULL;
	if (!pipe)
		return error_set(err, ERR_NOMEM, "Out of memory");
	pipe->fd = fd;
	pthread_mutex_init(&pipe->lock, NULL);
	pthread_cond_init(&pipe->was_fed, NULL);
	pthread_cond_init(&pipe->was_sealed, NULL);
	pthread_cond_init(&pipe->was_freed, NULL);
	rc = allocate(pipe, key, err);
	if (rc == 0)
		rc = start_threads(pipe, err);
	if (rc < 0) {
		page_pipe_free(pipe);
		return rc;
	}
	*out = pipe;
	return 0;
}

static void join_threads(struct page_pipe *pipe)
{
	while (pipe->thread_count > 0)
		pthread_join(pipe->threads[--pipe->thread_count], NULL);
}

void page_pipe_free(struct page_pipe *pipe)
{
	if (!pipe)
		return;
	stop(pipe, NULL);
	join_threads(pipe);
	if (pipe->buffers) {
		/* What a failed or stopped run has not encrypted is wiped. */
		for (size_t i = 0; i < RING_CHUNKS; i++)
			if (pipe->ring[i].size && !pipe->ring[i].sealed)
				secret_wipe(pipe->ring[i].bytes, CHUNK_SIZE);
		munmap(pipe->buffers, RING_CHUNKS * CHUNK_SIZE);
	}
	page_digests_free(pipe->digests);
	secret_free(pipe->key);
	pthread_cond_destroy(&pipe->was_fed);
	pthread_cond_destroy(&pipe->was_sealed);
	pthread_cond_destroy(&pipe->was_freed);
	pthread_mutex_destroy(&pipe->lock);
	free(pipe);
}

static int failed(struct page_pipe *pipe, struct error *err)
{
	if (err)
		*err = pipe->failure;
	return pipe->failure.code;
}

/* Waits for a free place in the ring. */
static int next_free(struct page_pipe *pipe, struct chunk **chunk,
		     struct error *err)
{
	int rc = 0;

	pthread_mutex_lock(&pipe->lock);
	if (in_flight(pipe) == RING_CHUNKS)
		while (!pipe->stopped && in_flight(pipe) > RING_CHUNKS / 2)
			pthread_cond_wait(&pipe->was_freed, &pipe->lock);
	*chunk = chunk_at(pipe, pipe->fed);
	(*chunk)->sealed = false;
	(*chunk)->size = CHUNK_SIZE;
	if (pipe->stopped)
		rc = failed(pipe, err);
	pthread_mutex_unlock(&pipe->lock);
	return rc;
}

static void publish(struct page_pipe *pipe, struct chunk *chunk)
{
	pipe->bytes_fed += chunk->size;
	pthread_mutex_lock(&pipe->lock);
	chunk->sealed = !pipe->key;
	pipe->fed++;
	if (pipe->key)
		pthread_cond_signal(&pipe->was_fed);
	else
		pthread_cond_broadcast(&pipe->was_sealed);
	pthread_mutex_unlock(&pipe->lock);
	/* While more may come, the total stays above what is done. */
	progress_update(pipe->progress, pipe->bytes_fed,
			pipe->bytes_expected > pipe->bytes_fed
				? pipe->bytes_expected : pipe->bytes_fed + 1);
}

/* Nothing at all becomes one page of zeros. */
static void pad_to_pages(struct chunk *chunk, size_t size)
{
	size_t pages = size ? (size - 1) / CRYPTO_PAGE_SIZE + 1 : 1;
	size_t padded = pages * CRYPTO_PAGE_SIZE;

	memset(chunk->bytes + size, 0, padded - size);
	chunk->size = padded;
}

int page_pipe_feed(struct page_pipe *pipe, struct source *source,
		   uint64_t address, uint64_t prefix, uint64_t *size,
		   struct error *err)
{
	size_t got;

	*size = 0;
	do {
		struct chunk *chunk;
		int rc = next_free(pipe, &chunk, err);

		if (rc == 0)
			rc = source_read(source, chunk->bytes, CHUNK_SIZE, &got, err);
		if (rc < 0)
			return rc;
		if (got == 0 && *size > 0)
			break;
		pad_to_pages(chunk, got);
		chunk->address = address + *size;
		chunk->offset = *size;
		chunk->prefix = prefix;
		*size += got;
		publish(pipe, chunk);
	} while (got == CHUNK_SIZE);
	return 0;
}

void page_pipe_show(struct page_pipe *pipe, const struct progress *progress,
		    uint64_t expected)
{
	pipe->progress = progress;
	pipe->bytes_expected = expected;
}

int page_pipe_finish(struct page_pipe *pipe, struct page_digest_values *values,
		     uint64_t *pages, struct error *err)
{
	pthread_mutex_lock(&pipe->lock);
	pipe->ended = true;
	wake_all(pipe);
	pthread_mutex_unlock(&pipe->lock);
	join_threads(pipe);
	if (pipe->failure.code < 0)
		return failed(pipe, err);
	progress_update(pipe->progress, pipe->bytes_fed, pipe->bytes_fed);
	*pages = page_digests_count(pipe->digests);
	return page_digests_values(pipe->digests, values, err);
}
