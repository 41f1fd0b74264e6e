/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dump/dump_internal.h"
#include "dump/host_vmcore.h"

#define RUN_PAGES DUMP_PAGES_PER_MIB /* handled in one go */

struct dump_reader {
	const struct dump *dump;
	struct xts *xts; /* NULL: memory lies in the clear */
	uint8_t *page;   /* one page, for reads that do not cover it */
	struct dump_page_state states[RUN_PAGES];
};

int dump_reader_new(struct dump_reader **out, const struct dump *dump,
		    struct error *err)
{
	const struct dump_page_keys *keys;
	struct dump_reader *reader;
	int rc = 0;

	*out = NULL;
	if (dump->is_protected && !dump->page_keys)
		return error_set(err, ERR_REFUSED, "'%s' is encrypted, and there is no key",
				 dump->file.path);
	reader = calloc(1, sizeof(*reader));
	if (!reader || !(reader->page = malloc(DUMP_PAGE_SIZE))) {
		free(reader);
		return error_set(err, ERR_NOMEM, "Out of memory");
	}
	reader->dump = dump;
	if (dump->is_protected) {
		keys = (const void *)secret_view(dump->page_keys);
		rc = xts_new(&reader->xts, keys->xts_key, XTS_DECRYPT, err);
	}
	if (rc < 0) {
		dump_reader_free(reader);
		return rc;
	}
	*out = reader;
	return 0;
}

void dump_reader_free(struct dump_reader *reader)
{
	if (!reader)
		return;
	xts_free(reader->xts);
	secret_wipe(reader->page, DUMP_PAGE_SIZE);
	free(reader->page);
	free(reader);
}

static int bad_state(const struct dump *dump, uint64_t page, struct error *err)
{
	return error_set(err, ERR_FORMAT,
			 "'%s' is damaged: the page at address 0x%" PRIx64
			 " has an invalid state (offset 0x%" PRIx64 ", section "
			 HOST_VMCORE_STATE_SECTION ")",
			 dump->file.path, page * DUMP_PAGE_SIZE,
			 be64_get(dump->state.offset) +
				 page * sizeof(struct dump_page_state));
}

/* Reads the states of @count pages from @first on and checks them all. */
static int read_states(struct dump_reader *reader, uint64_t first, size_t count,
		       struct error *err)
{
	const struct dump *dump = reader->dump;
	int rc = elf_file_read(&dump->file, reader->states,
			       count * sizeof(reader->states[0]),
			       be64_get(dump->state.offset) +
				       first * sizeof(reader->states[0]),
			       "section " HOST_VMCORE_STATE_SECTION, err);

	for (size_t i = 0; rc == 0 && i < count; i++)
		if (dump_page_kind(&reader->states[i]) == DUMP_PAGE_IS_INVALID)
			rc = bad_state(dump, first + i, err);
	return rc;
}

static int decrypt(struct dump_reader *reader, const struct dump_page_state *state,
		   uint8_t *page, struct error *err)
{
	const struct dump_page_keys *keys =
		(const void *)secret_view(reader->dump->page_keys);
	uint8_t tweak[XTS_TWEAK_SIZE];

	if (dump_page_kind(state) != DUMP_PAGE_IS_ENCRYPTED)
		return 0;
	dump_page_tweak(tweak, state, keys->tweak_nonce);
	return xts_page(reader->xts, tweak, page, page, err);
}

/* How many of the @count states say the same about being zero as the first. */
static size_t run_length(const struct dump_page_state *states, size_t count)
{
	bool zero = dump_page_kind(states) == DUMP_PAGE_IS_ZERO;
	size_t length = 1;

	while (length < count &&
	       (dump_page_kind(&states[length]) == DUMP_PAGE_IS_ZERO) == zero)
		length++;
	return length;
}

/* Whole pages, at most RUN_PAGES, of the one chunk of a protected dump. */
static int read_sealed_pages(struct dump_reader *reader, uint64_t first, size_t count,
			     uint8_t *out, struct error *err)
{
	const struct dump *dump = reader->dump;
	int rc = read_states(reader, first, count, err);

	for (size_t i = 0, run; rc == 0 && i < count; i += run) {
		uint8_t *at = out + i * DUMP_PAGE_SIZE;

		run = run_length(&reader->states[i], count - i);
		if (dump_page_kind(&reader->states[i]) == DUMP_PAGE_IS_ZERO) {
			memset(at, 0, run * DUMP_PAGE_SIZE);
			continue;
		}
		rc = elf_file_read(&dump->file, at, run * DUMP_PAGE_SIZE,
				   dump->chunks[0].offset + (first + i) * DUMP_PAGE_SIZE,
				   "memory", err);
		for (size_t j = 0; rc == 0 && j < run; j++)
			rc = decrypt(reader, &reader->states[i + j],
				     at + j * DUMP_PAGE_SIZE, err);
	}
	return rc;
}

/* Of the chunk of a protected dump; *@done bytes were read, at least one. */
static int read_sealed(struct dump_reader *reader, uint64_t address, uint8_t *out,
		       size_t size, size_t *done, struct error *err)
{
	uint64_t page = address / DUMP_PAGE_SIZE;
	size_t within = (size_t)(address % DUMP_PAGE_SIZE);
	size_t pages = size / DUMP_PAGE_SIZE;
	int rc;

	if (within == 0 && pages > 0) {
		pages = pages < RUN_PAGES ? pages : RUN_PAGES;
		*done = pages * DUMP_PAGE_SIZE;
		return read_sealed_pages(reader, page, pages, out, err);
	}
	*done = DUMP_PAGE_SIZE - within < size ? DUMP_PAGE_SIZE - within : size;
	rc = read_sealed_pages(reader, page, 1, reader->page, err);
	if (rc == 0)
		memcpy(out, reader->page + within, *done);
	return rc;
}

/* The chunk with @address; NULL when there is none. */
static const struct dump_chunk *find_chunk(const struct dump *dump, uint64_t address)
{
	size_t low = 0, high = dump->chunk_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct dump_chunk *chunk = &dump->chunks[middle];

		if (address < chunk->address)
			high = middle;
		else if (address - chunk->address >= chunk->size)
			low = middle + 1;
		else
			return chunk;
	}
	return NULL;
}

static int read_some(struct dump_reader *reader, uint64_t address, uint8_t *out,
		     size_t size, size_t *done, struct error *err)
{
	const struct dump *dump = reader->dump;
	const struct dump_chunk *chunk = find_chunk(dump, address);
	uint64_t within;

	if (!chunk)
		return error_set(err, ERR_NOT_FOUND,
				 "'%s' does not contain the memory at address 0x%" PRIx64,
				 dump->file.path, address);
	within = address - chunk->address;
	*done = chunk->size - within < size ? (size_t)(chunk->size - within) : size;
	if (chunk->zero)
		memset(out, 0, *done);
	else if (reader->xts)
		return read_sealed(reader, address, out, *done, done, err);
	else
		return elf_file_read(&dump->file, out, *done, chunk->offset + within,
				     "memory", err);
	return 0;
}

int dump_read(struct dump_reader *reader, uint64_t address, void *data,
	      size_t size, struct error *err)
{
	uint8_t *out = data;
	size_t done = 0;
	int rc = 0;

	for (; rc == 0 && size > 0; out += done, size -= done, address += done)
		rc = read_some(reader, address, out, size, &done, err);
	return rc;
}
