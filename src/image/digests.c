/* SPDX-License-Identifier: MIT */
#include "image/digests.h"

#include <stdlib.h>

/* Pages whose addresses and tweaks are gathered on the stack: 3 KiB. */
#define BATCH_PAGES 128

struct page_digests {
	EVP_MD_CTX *contents;
	EVP_MD_CTX *addresses;
	EVP_MD_CTX *tweaks;
	uint64_t count;
};

static EVP_MD_CTX *sha512_start(void)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (ctx && EVP_DigestInit_ex(ctx, EVP_sha512(), NULL) == 1)
		return ctx;
	EVP_MD_CTX_free(ctx);
	return NULL;
}

int page_digests_new(struct page_digests **out, struct error *err)
{
	struct page_digests *digests = calloc(1, sizeof(*digests));

	*out = NULL;
	if (!digests)
		return error_set(err, ERR_NOMEM, "Out of memory");
	digests->contents = sha512_start();
	digests->addresses = sha512_start();
	digests->tweaks = sha512_start();
	if (!digests->contents || !digests->addresses || !digests->tweaks) {
		page_digests_free(digests);
		return crypto_error(err, "Cannot start SHA-512");
	}
	*out = digests;
	return 0;
}

void page_digests_free(struct page_digests *digests)
{
	if (!digests)
		return;
	EVP_MD_CTX_free(digests->contents);
	EVP_MD_CTX_free(digests->addresses);
	EVP_MD_CTX_free(digests->tweaks);
	free(digests);
}

int page_digests_add(struct page_digests *digests, const uint8_t *page,
		     uint64_t address, const struct page_tweak *tweak,
		     struct error *err)
{
	return page_digests_add_run(digests, page, 1, address, tweak, err);
}

/* Adds at most BATCH_PAGES pages with one update for each digest. */
static int add_batch(struct page_digests *digests, const uint8_t *pages,
		     size_t count, uint64_t address, be64_t prefix,
		     uint64_t offset)
{
	struct page_tweak tweaks[BATCH_PAGES];
	be64_t addresses[BATCH_PAGES];

	for (size_t i = 0; i < count; i++) {
		addresses[i] = be64(address + i * CRYPTO_PAGE_SIZE);
		tweaks[i].prefix = prefix;
		tweaks[i].offset = be64(offset + i * CRYPTO_PAGE_SIZE);
	}
	return EVP_DigestUpdate(digests->contents, pages,
				count * CRYPTO_PAGE_SIZE) == 1 &&
	       EVP_DigestUpdate(digests->addresses, addresses,
				count * sizeof(addresses[0])) == 1 &&
	       EVP_DigestUpdate(digests->tweaks, tweaks,
				count * sizeof(tweaks[0])) == 1;
}

int page_digests_add_run(struct page_digests *digests, const uint8_t *pages,
			 size_t count, uint64_t address,
			 const struct page_tweak *first, struct error *err)
{
	uint64_t offset = be64_get(first->offset);

	for (size_t done = 0, now; done < count; done += now) {
		uint64_t bytes = (uint64_t)done * CRYPTO_PAGE_SIZE;

		now = count - done < BATCH_PAGES ? count - done : BATCH_PAGES;
		if (!add_batch(digests, pages + bytes, now, address + bytes,
			       first->prefix, offset + bytes))
			return crypto_error(err, "SHA-512 failed");
	}
	digests->count += count;
	return 0;
}

/* Finishes a copy of @running, so that @running can go on. */
static int peek(const EVP_MD_CTX *running, uint8_t digest[SHA512_SIZE])
{
	EVP_MD_CTX *copy = EVP_MD_CTX_new();
	int ok = copy && EVP_MD_CTX_copy_ex(copy, running) == 1 &&
		 EVP_DigestFinal_ex(copy, digest, NULL) == 1;

	EVP_MD_CTX_free(copy);
	return ok;
}

int page_digests_values(const struct page_digests *digests,
			struct page_digest_values *values, struct error *err)
{
	if (!peek(digests->contents, values->pld) ||
	    !peek(digests->addresses, values->ald) ||
	    !peek(digests->tweaks, values->tld))
		return crypto_error(err, "SHA-512 failed");
	return 0;
}

uint64_t page_digests_count(const struct page_digests *digests)
{
	return digests->count;
}
