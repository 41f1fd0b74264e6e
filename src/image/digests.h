/* SPDX-License-Identifier: MIT */
/*
 * The three digests over the pages of an image (PLD, ALD, TLD) and their
 * count (NEP): fed page by page in ascending address order by whoever makes an
 * image, and again by the ultravisor that unpacks it. See
 * docs/reference/se-header.md, "Page digests".
 */
#ifndef UV_IMAGE_DIGESTS_H
#define UV_IMAGE_DIGESTS_H

#include <stdint.h>

#include "base/be.h"
#include "crypto/crypto.h"

struct page_digest_values {
	uint8_t pld[SHA512_SIZE]; /* 0x00 page contents, as stored in the image */
	uint8_t ald[SHA512_SIZE]; /* 0x40 page addresses */
	uint8_t tld[SHA512_SIZE]; /* 0x80 page tweaks */
};
WIRE_AT(struct page_digest_values, ald, 0x40);
WIRE_AT(struct page_digest_values, tld, 0x80);
WIRE_SIZE(struct page_digest_values, 0xc0);

/* The tweak of one page: prefix of its component, byte offset in it. */
struct page_tweak {
	be64_t prefix; /* 0x0 */
	be64_t offset; /* 0x8 */
};
WIRE_SIZE(struct page_tweak, XTS_TWEAK_SIZE);

struct page_digests;

/* Caller frees with page_digests_free(). */
int page_digests_new(struct page_digests **out, struct error *err);
void page_digests_free(struct page_digests *digests);

/* Adds the page of 4096 bytes at @page, which lies at guest address @address. */
int page_digests_add(struct page_digests *digests, const uint8_t *page,
		     uint64_t address, const struct page_tweak *tweak,
		     struct error *err);

/*
 * Adds @count pages of one component at @pages, the first at guest address
 * @address with the tweak @first; address and tweak offset grow by 4096 a page.
 */
int page_digests_add_run(struct page_digests *digests, const uint8_t *pages,
			 size_t count, uint64_t address,
			 const struct page_tweak *first, struct error *err);

/* The digests of what was added so far; more may be added afterwards. */
int page_digests_values(const struct page_digests *digests,
			struct page_digest_values *values, struct error *err);
uint64_t page_digests_count(const struct page_digests *digests);

#endif
