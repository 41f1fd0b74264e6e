/* SPDX-License-Identifier: MIT */
#include "secret/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "uvdevice/uvdevice.h"

/* Four pages take 340 entries; older kernels take one page only. */
#define LIST_PAGES 4

static int call_list(struct store_list *out, int fd, size_t pages, bool *more,
		     struct error *err)
{
	size_t size = pages * UVDEVICE_LIST_PAGE;
	struct uvdevice_result result;
	int rc;

	memset(out->bytes, 0, size);
	rc = uvdevice_call(fd, UVDEVICE_LIST_SECRETS, out->bytes, size, &result, err);
	if (rc < 0)
		return rc;
	*more = result.rc == UVDEVICE_RC_MORE_DATA;
	if (!*more)
		rc = uvdevice_check(UVDEVICE_LIST_SECRETS, result, err);
	return rc < 0 ? rc : secret_list_parse(&out->list, out->bytes, size, err);
}

int store_list(struct store_list *out, int fd, const struct log *log, struct error *err)
{
	bool more = false;
	int rc;

	*out = (struct store_list){ .bytes = malloc(LIST_PAGES * UVDEVICE_LIST_PAGE) };
	if (!out->bytes)
		return error_set(err, ERR_NOMEM, "Out of memory");
	rc = call_list(out, fd, LIST_PAGES, &more, err);
	if (rc == ERR_INVALID) {
		log_info(log, "The kernel lists no more than one page");
		rc = call_list(out, fd, 1, &more, err);
	}
	if (rc < 0) {
		store_list_free(out);
		return rc;
	}
	if (more)
		log_warn(log, "The secret store holds more secrets than the kernel lists: %zu of %u are shown",
			 out->list.count, be16_get(out->list.header->total));
	return 0;
}

void store_list_free(struct store_list *list)
{
	free(list->bytes);
	*list = (struct store_list){ 0 };
}

static int check_duplicate(int fd, const struct asrcb *asrcb, bool force,
			   const struct log *log, struct error *err)
{
	const struct secret_list_entry *twin;
	struct store_list list;
	int rc = store_list(&list, fd, log, err);

	if (rc < 0)
		return error_wrap(err, rc, "Cannot tell whether the secret is there already");
	twin = store_find_id(&list.list, asrcb->id, log);
	if (twin && force) {
		log_warn(log, "The secret store has a secret with this ID (index %u); adding another one",
			 be16_get(twin->index));
	} else if (twin) {
		rc = error_set(err, ERR_EXISTS,
			       "The secret store has a secret with this ID already (index %u)",
			       be16_get(twin->index));
		error_hint(err, rc, "With --force it is added nevertheless");
	}
	store_list_free(&list);
	return rc;
}

int store_add(int fd, const struct asrcb *asrcb, uint8_t *request, bool force,
	      const struct log *log, struct error *err)
{
	struct uvdevice_result result;
	int rc = 0;

	if (asrcb->id)
		rc = check_duplicate(fd, asrcb, force, log, err);
	if (rc == 0)
		rc = uvdevice_call(fd, UVDEVICE_ADD_SECRET, request, asrcb->request.size,
				   &result, err);
	return rc < 0 ? rc : uvdevice_check(UVDEVICE_ADD_SECRET, result, err);
}

int store_lock(int fd, struct error *err)
{
	struct uvdevice_result result;
	int rc = uvdevice_call(fd, UVDEVICE_LOCK_SECRETS, NULL, 0, &result, err);

	return rc < 0 ? rc : uvdevice_check(UVDEVICE_LOCK_SECRETS, result, err);
}

const struct secret_list_entry *store_find_id(const struct secret_list *list,
					      const uint8_t id[SECRET_ID_SIZE],
					      const struct log *log)
{
	const struct secret_list_entry *first = NULL;
	struct text others = { 0 };

	for (size_t i = 0; i < list->count; i++) {
		const struct secret_list_entry *entry = &list->entries[i];

		if (memcmp(entry->id, id, SECRET_ID_SIZE) != 0)
			continue;
		if (first)
			text_addf(&others, ", %u", be16_get(entry->index));
		else
			first = entry;
	}
	if (others.length)
		log_warn(log, "Several secrets share this ID; their indices are %u%s",
			 be16_get(first->index), text_chars(&others));
	text_free(&others);
	return first;
}

const struct secret_list_entry *store_find_index(const struct secret_list *list,
						 unsigned index)
{
	for (size_t i = 0; i < list->count; i++)
		if (be16_get(list->entries[i].index) == index)
			return &list->entries[i];
	return NULL;
}

int store_retrieve(struct secret **out, int fd, const struct secret_list_entry *entry,
		   struct error *err)
{
	size_t size = be32_get(entry->size);
	struct uvdevice_result result;
	int rc;

	*out = NULL;
	if (size > UVDEVICE_MAX_RETRIEVE)
		return error_set(err, ERR_FORMAT,
				 "The list says that the secret has %zu bytes; no secret has more than %d",
				 size, UVDEVICE_MAX_RETRIEVE);
	if (size < UVDEVICE_MIN_RETRIEVE)
		size = UVDEVICE_MIN_RETRIEVE;
	*out = secret_new(size);
	if (!*out)
		return error_set(err, ERR_NOMEM, "Out of memory");
	/* The index goes where the answer comes, in the machine's order: big-endian. */
	memcpy(secret_bytes(*out), &entry->index, sizeof(entry->index));
	rc = uvdevice_call(fd, UVDEVICE_RETRIEVE_SECRET, secret_bytes(*out), size,
			   &result, err);
	if (rc == 0)
		rc = uvdevice_check(UVDEVICE_RETRIEVE_SECRET, result, err);
	if (rc < 0) {
		secret_free(*out);
		*out = NULL;
	}
	return rc;
}
