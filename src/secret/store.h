/* SPDX-License-Identifier: MIT */
/*
 * The secret store of this guest, through /dev/uv. See docs/reference/secrets.md,
 * "Secret store". A refusal of the ultravisor is ERR_REFUSED with its meaning;
 * the other errors are those of uvdevice_call().
 */
#ifndef UV_SECRET_STORE_H
#define UV_SECRET_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/log.h"
#include "base/secret.h"
#include "secret/asrcb.h"
#include "secret/secret_list.h"

struct store_list {
	uint8_t *bytes;
	struct secret_list list; /* points into bytes */
};

/*
 * Lists the store. A remark says so when there are more secrets than the
 * kernel shows. Caller frees with store_list_free(). ERR_FORMAT when the answer is
 * no list.
 */
int store_list(struct store_list *out, int fd, const struct log *log, struct error *err);
void store_list_free(struct store_list *list);

/*
 * Adds the secret of the request @asrcb, which was parsed from the bytes at @request.
 * ERR_EXISTS when a secret with its ID is there, unless @force.
 */
int store_add(int fd, const struct asrcb *asrcb, uint8_t *request, bool force,
	      const struct log *log, struct error *err);

/* No secret can be added from now on. */
int store_lock(int fd, struct error *err);

/*
 * The first entry with this ID, or with this index; NULL when there is none. A
 * remark names the others that share the ID.
 */
const struct secret_list_entry *store_find_id(const struct secret_list *list,
					      const uint8_t id[SECRET_ID_SIZE],
					      const struct log *log);
const struct secret_list_entry *store_find_index(const struct secret_list *list,
						 unsigned index);

/*
 * What the ultravisor gives out for @entry, entry's size of bytes, at *@out;
 * caller frees. ERR_FORMAT when the size is more than a secret can have.
 */
int store_retrieve(struct secret **out, int fd, const struct secret_list_entry *entry,
		   struct error *err);

#endif
