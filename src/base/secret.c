/* SPDX-License-Identifier: MIT */
#include "base/secret.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

struct secret {
	size_t size;
	size_t mapped; /* bytes of the mapping that starts at this struct */
	uint8_t data[];
};

struct secret *secret_new(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct secret *secret;
	size_t mapped;

	if (size > SIZE_MAX - sizeof(*secret) - page)
		return NULL;
	mapped = (sizeof(*secret) + size + page - 1) / page * page;
	secret = mmap(NULL, mapped, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (secret == MAP_FAILED)
		return NULL;
	/* Best effort: a low RLIMIT_MEMLOCK must not stop the work. */
	(void)mlock(secret, mapped);
	(void)madvise(secret, mapped, MADV_DONTDUMP);
	(void)madvise(secret, mapped, MADV_WIPEONFORK);
	secret->size = size;
	secret->mapped = mapped;
	return secret;
}

struct secret *secret_copy(const void *data, size_t size)
{
	struct secret *secret = secret_new(size);

	if (secret && size)
		memcpy(secret->data, data, size);
	return secret;
}

void secret_free(struct secret *secret)
{
	size_t mapped;

	if (!secret)
		return;
	mapped = secret->mapped;
	secret_wipe(secret, sizeof(*secret) + secret->size);
	munmap(secret, mapped);
}

uint8_t *secret_bytes(struct secret *secret)
{
	return secret->data;
}

const uint8_t *secret_view(const struct secret *secret)
{
	return secret->data;
}

size_t secret_size(const struct secret *secret)
{
	return secret->size;
}

bool secret_equal_bytes(const void *a, const void *b, size_t size)
{
	const volatile uint8_t *x = a, *y = b;
	uint8_t differ = 0;

	for (size_t i = 0; i < size; i++)
		differ |= x[i] ^ y[i];
	return differ == 0;
}

bool secret_equal(const struct secret *a, const struct secret *b)
{
	return a->size == b->size &&
	       secret_equal_bytes(a->data, b->data, a->size);
}

void secret_wipe(void *data, size_t size)
{
	explicit_bzero(data, size);
}

/* What the file has, up to @room bytes. */
static int read_up_to(struct secret **out, const char *path, size_t room,
		      struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;
	struct secret *secret;
	size_t got;

	*out = NULL;
	if (fd < 0)
		return error_set_errno(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO,
				       errno, "Cannot open '%s'", path);
	secret = secret_new(room);
	if (!secret) {
		close(fd);
		return error_set(err, ERR_NOMEM, "Out of memory");
	}
	rc = file_read_some(fd, secret->data, room, &got);
	close(fd);
	if (rc < 0) {
		secret_free(secret);
		return error_set_errno(err, ERR_IO, -rc, "Cannot read '%s'", path);
	}
	secret->size = got; /* behind it there is nothing but zeros */
	*out = secret;
	return 0;
}

int secret_read(struct secret **out, const char *path, size_t limit,
		struct error *err)
{
	/* One byte more, to notice a file that is too long. */
	int rc = read_up_to(out, path, limit + 1, err);

	if (rc < 0 || (*out)->size <= limit)
		return rc;
	secret_free(*out);
	*out = NULL;
	return error_set(err, ERR_FORMAT, "'%s' has more than the %zu bytes allowed here",
			 path, limit);
}

int secret_read_file(struct secret **out, const char *path, size_t size,
		     struct error *err)
{
	int rc = read_up_to(out, path, size + 1, err);
	size_t got;

	if (rc < 0 || (*out)->size == size)
		return rc;
	got = (*out)->size;
	secret_free(*out);
	*out = NULL;
	error_set(err, ERR_FORMAT,
		  "Wrong size of key file '%s': %s%zu bytes, expected %zu",
		  path, got > size ? "at least " : "", got, size);
	return error_hint(err, ERR_FORMAT,
			  "A key file holds exactly %zu raw bytes, without a header or a newline",
			  size);
}

void secret_hide_process(void)
{
	/* Sanitizers look into the process from outside. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	(void)prctl(PR_SET_DUMPABLE, 0);
#endif
}
