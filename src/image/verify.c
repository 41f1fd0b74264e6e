/* SPDX-License-Identifier: MIT */
#include "image/verify.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "image/page_pipe.h"
#include "image/source.h"

bool image_verdict_is_yes(const struct image_verdict *verdict)
{
	return verdict->pages_match && verdict->contents_match &&
	       verdict->addresses_match && verdict->tweaks_match &&
	       verdict->header_linked;
}

/* Hostile addresses are refused before anything is read. */
static int check_places(const struct se_image *image,
			const struct component_list *list, struct error *err)
{
	uint64_t header_end = image->header_offset + image->header.size;
	struct stat st;
	uint64_t size;

	if (fstat(image->fd, &st) < 0)
		return error_set_errno(err, ERR_IO, errno, "Cannot examine '%s'",
				       image->path);
	size = (uint64_t)st.st_size;
	for (size_t i = 0; i < list->count; i++) {
		const struct component_entry *entry = &list->entries[i];

		if (entry->address > size || entry->size > size - entry->address)
			return error_set(err, ERR_FORMAT,
					 "'%s': component %zu (0x%" PRIx64
					 ", 0x%" PRIx64 " bytes) ends beyond the file",
					 image->path, i + 1, entry->address,
					 entry->size);
		if (entry->address < header_end &&
		    image->header_offset < entry->address + entry->size)
			return error_set(err, ERR_FORMAT,
					 "'%s': component %zu (0x%" PRIx64
					 ") covers the header",
					 image->path, i + 1, entry->address);
	}
	return 0;
}

static int feed(struct page_pipe *pipe, const struct se_image *image,
		const struct component_entry *entry, struct error *err)
{
	struct source *source;
	uint64_t size;
	int rc = source_from_range(&source, image->fd, entry->address,
				   entry->size, image->path, err);

	if (rc == 0)
		rc = page_pipe_feed(pipe, source, entry->address,
				    entry->tweak_prefix, &size, err);
	source_free(source);
	if (rc == 0 && size != entry->size)
		rc = error_set(err, ERR_IO, "'%s' became shorter while it was read",
			       image->path);
	return rc;
}

static int digest_components(struct image_verdict *verdict,
			     const struct se_image *image,
			     const struct component_list *list,
			     const struct progress *progress, struct error *err)
{
	struct page_pipe *pipe;
	int rc = page_pipe_new(&pipe, -1, NULL, err);

	if (rc < 0)
		return rc;
	page_pipe_show(pipe, progress,
		       component_list_pages(list) * CRYPTO_PAGE_SIZE);
	for (size_t i = 0; rc == 0 && i < list->count; i++)
		rc = feed(pipe, image, &list->entries[i], err);
	if (rc == 0)
		rc = page_pipe_finish(pipe, &verdict->digests, &verdict->pages, err);
	page_pipe_free(pipe);
	return rc;
}

/* In the legacy layout the address, and maybe the size, is left to stage3a. */
static bool links_header(const struct component_list *list,
			 const struct se_image *image)
{
	bool open = image->form == SE_IMAGE_LEGACY && list->header_address == 0;

	if (open && list->header_size == 0)
		return true;
	return (open || list->header_address == image->header_offset) &&
	       list->header_size == image->header.size;
}

static void compare_digests(struct image_verdict *verdict,
			    const struct page_digest_values *promised)
{
	const struct page_digest_values *found = &verdict->digests;

	verdict->contents_match =
		memcmp(found->pld, promised->pld, sizeof(found->pld)) == 0;
	verdict->addresses_match =
		memcmp(found->ald, promised->ald, sizeof(found->ald)) == 0;
	verdict->tweaks_match =
		memcmp(found->tld, promised->tld, sizeof(found->tld)) == 0;
}

int image_verify(struct image_verdict *verdict, const struct se_image *image,
		 const struct progress *progress, struct error *err)
{
	const struct se_header_fixed *header = image->header.fixed;
	struct component_list list;
	int rc = se_image_components(image, &list, err);

	*verdict = (struct image_verdict){ 0 };
	if (rc == 0)
		rc = check_places(image, &list, err);
	if (rc < 0)
		return rc;
	verdict->header_linked = links_header(&list, image);
	verdict->pages = component_list_pages(&list);
	verdict->pages_match = verdict->pages == be64_get(header->page_count);
	/* Another number of pages cannot have these digests: spare the reading. */
	if (!verdict->pages_match)
		return 0;
	rc = digest_components(verdict, image, &list, progress, err);
	if (rc == 0)
		compare_digests(verdict, &header->digests);
	return rc;
}
