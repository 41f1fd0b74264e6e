/* SPDX-License-Identifier: MIT */
#include "base/secret.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
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

int secret_read_file(struct secret **out, const char *path, size_t size,
		     struct error *err)
{
	struct secret *secret;
	size_t got;
	int fd, rc;

	*out = NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(err, ERR_IO, errno,
				       "Cannot open key file '%s'", path);
	/* One byte more, to notice a file that is too long. */
	secret = secret_new(size + 1);
	if (!secret) {
		close(fd);
		return error_set(err, ERR_NOMEM, "Out of memory");
	}
	rc = file_read_some(fd, secret->data, size + 1, &got);
	close(fd);
	if (rc < 0) {
		secret_free(secret);
		return error_set_errno(err, ERR_IO, -rc,
				       "Cannot read key file '%s'", path);
	}
	if (got != size) {
		secret_free(secret);
		error_set(err, ERR_FORMAT,
			  "Wrong size of key file '%s': %s%zu bytes, expected %zu",
			  path, got > size ? "at least " : "", got, size);
		return error_hint(err, ERR_FORMAT,
				  "A key file holds exactly %zu raw bytes, without a header or a newline",
				  size);
	}
	secret->size = size;
	*out = secret;
	return 0;
}
