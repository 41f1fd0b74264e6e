/* SPDX-License-Identifier: MIT */
/*
 * The target is cut into blocks, numbered from 0. Each thread takes the next
 * block, reads it (which decrypts), writes it, and so on. A pipe gets its blocks
 * in order: a thread that is ahead waits until those before it are written.
 */
#include "dump/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"

#define BLOCK_SIZE (1024UL * 1024)
#define MAX_THREADS 32

struct job {
	const struct dump_copy *copy;
	uint64_t size;

	pthread_mutex_t lock; /* guards all below */
	pthread_cond_t was_written;
	uint64_t next;    /* offset of the next block to take */
	uint64_t written; /* offset up to which a pipe was written */
	bool stopped;
	uint64_t failed_at;
	struct error failure;
};

struct block {
	uint64_t offset;
	size_t size;
};

/* Passes over blocks of which nothing has to be read nor written. */
static void skip_holes(struct job *job)
{
	uint64_t data;

	if ((job->copy->fd >= 0 && !job->copy->sparse) || job->next >= job->size)
		return;
	data = target_next_data(job->copy->target, job->next);
	if (data == job->size)
		job->next = job->size;
	else if (data - data % BLOCK_SIZE > job->next)
		job->next = data - data % BLOCK_SIZE;
}

/* The next block to copy. False at the end. */
static bool take_block(struct job *job, struct block *block)
{
	bool found;

	pthread_mutex_lock(&job->lock);
	skip_holes(job);
	found = !job->stopped && job->next < job->size;
	if (found) {
		uint64_t left = job->size - job->next;

		block->offset = job->next;
		block->size = left < BLOCK_SIZE ? (size_t)left : BLOCK_SIZE;
		job->next += block->size;
	}
	pthread_mutex_unlock(&job->lock);
	return found;
}

/* Blocks are taken in order: those before the first failed one are all read. */
static void fail(struct job *job, uint64_t offset, const struct error *failure)
{
	pthread_mutex_lock(&job->lock);
	if (offset < job->failed_at) {
		job->failed_at = offset;
		job->failure = *failure;
	}
	job->stopped = true;
	pthread_cond_broadcast(&job->was_written);
	pthread_mutex_unlock(&job->lock);
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0;
}

static int write_at(const struct dump_copy *copy, const uint8_t *bytes, size_t size,
		    uint64_t offset, struct error *err)
{
	while (size > 0) {
		ssize_t count = pwrite(copy->fd, bytes, size, (off_t)(copy->base + offset));

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return error_set_errno(err, ERR_IO, errno, "Cannot write '%s'",
					       copy->path);
		bytes += count;
		offset += (uint64_t)count;
		size -= (size_t)count;
	}
	return 0;
}

/* Runs of pages that are not zero. */
static int write_sparse(const struct dump_copy *copy, const uint8_t *bytes,
			const struct block *block, struct error *err)
{
	size_t start = 0, page;
	int rc = 0;

	for (size_t at = 0; rc == 0 && at < block->size; at += page) {
		page = block->size - at < DUMP_PAGE_SIZE ? block->size - at : DUMP_PAGE_SIZE;
		if (!is_zero(bytes + at, page))
			continue;
		rc = write_at(copy, bytes + start, at - start, block->offset + start, err);
		start = at + page;
	}
	if (rc == 0)
		rc = write_at(copy, bytes + start, block->size - start,
			      block->offset + start, err);
	/* Let the disk start now, so that the final fsync() has little to do. */
	(void)sync_file_range(copy->fd, (off_t)(copy->base + block->offset),
			      (off_t)block->size, SYNC_FILE_RANGE_WRITE);
	return rc;
}

static int write_in_turn(struct job *job, const uint8_t *bytes,
			 const struct block *block, struct error *err)
{
	bool stopped;
	int rc;

	pthread_mutex_lock(&job->lock);
	while (!job->stopped && job->written != block->offset)
		pthread_cond_wait(&job->was_written, &job->lock);
	stopped = job->stopped;
	pthread_mutex_unlock(&job->lock);
	if (stopped)
		return 0;
	rc = file_write_all(job->copy->fd, bytes, block->size, job->copy->path, err);
	if (rc < 0)
		return rc;
	pthread_mutex_lock(&job->lock);
	job->written += block->size;
	pthread_cond_broadcast(&job->was_written);
	pthread_mutex_unlock(&job->lock);
	return 0;
}

static int write_block(struct job *job, const uint8_t *bytes,
		       const struct block *block, struct error *err)
{
	if (job->copy->fd < 0)
		return 0;
	if (job->copy->sparse)
		return write_sparse(job->copy, bytes, block, err);
	return write_in_turn(job, bytes, block, err);
}

static void show_progress(struct job *job)
{
	pthread_mutex_lock(&job->lock);
	/* The end is told when all threads are done. */
	if (job->next < job->size && !job->stopped)
		progress_update(job->copy->progress, job->next, job->size);
	pthread_mutex_unlock(&job->lock);
}

static void copy_blocks(struct job *job, struct dump_reader *reader, uint8_t *bytes)
{
	struct error err = { 0 };
	struct block block;

	while (take_block(job, &block)) {
		int rc = target_read(job->copy->target, reader, block.offset, bytes,
				     block.size, &err);

		if (rc == 0)
			rc = write_block(job, bytes, &block, &err);
		if (rc < 0)
			fail(job, block.offset, &err);
		show_progress(job);
	}
}

static void *copy_thread(void *context)
{
	struct job *job = context;
	struct dump_reader *reader;
	struct error err = { 0 };
	uint8_t *bytes;

	if (dump_reader_new(&reader, job->copy->dump, &err) < 0) {
		fail(job, 0, &err);
		return NULL;
	}
	bytes = mmap(NULL, BLOCK_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (bytes == MAP_FAILED) {
		error_set(&err, ERR_NOMEM, "Out of memory");
		fail(job, 0, &err);
	} else {
		/* What was encrypted passes through here: keep it out of core dumps. */
		(void)madvise(bytes, BLOCK_SIZE, MADV_DONTDUMP);
		copy_blocks(job, reader, bytes);
		secret_wipe(bytes, BLOCK_SIZE);
		munmap(bytes, BLOCK_SIZE);
	}
	dump_reader_free(reader);
	return NULL;
}

/* As many as there are cores for this process, not more than blocks. */
static size_t thread_count(const struct job *job)
{
	uint64_t blocks = job->size / BLOCK_SIZE + 1;
	cpu_set_t cores;
	size_t count = 1;

	if (sched_getaffinity(0, sizeof(cores), &cores) == 0)
		count = (size_t)CPU_COUNT(&cores);
	if (count > MAX_THREADS)
		count = MAX_THREADS;
	return count > blocks ? (size_t)blocks : count;
}

static void run_threads(struct job *job)
{
	size_t wanted = thread_count(job), started = 0;
	pthread_t threads[MAX_THREADS];
	struct error err = { 0 };

	while (started < wanted &&
	       pthread_create(&threads[started], NULL, copy_thread, job) == 0)
		started++;
	if (started == 0) {
		error_set(&err, ERR_NOMEM, "Cannot start a thread");
		fail(job, 0, &err);
	}
	while (started > 0)
		pthread_join(threads[--started], NULL);
}

int dump_copy(const struct dump_copy *copy, struct error *err)
{
	struct job job = {
		.copy = copy,
		.size = target_size(copy->target),
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.was_written = PTHREAD_COND_INITIALIZER,
		.failed_at = UINT64_MAX,
	};

	/* With its size first, what is not written later is a hole. */
	if (copy->fd >= 0 && copy->sparse &&
	    ftruncate(copy->fd, (off_t)(copy->base + job.size)) < 0)
		return error_set_errno(err, ERR_IO, errno, "Cannot write '%s'", copy->path);
	run_threads(&job);
	if (job.failure.code < 0) {
		if (err)
			*err = job.failure;
		return job.failure.code;
	}
	progress_update(copy->progress, job.size, job.size);
	return 0;
}
