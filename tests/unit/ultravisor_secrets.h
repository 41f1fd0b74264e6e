/* SPDX-License-Identifier: MIT */
/* The guest's calls on its secret store, for the tests of these calls. */
#ifndef UV_TESTS_ULTRAVISOR_SECRETS_H
#define UV_TESTS_ULTRAVISOR_SECRETS_H

#include "secret/secret_list.h"
#include "ultravisor_seen.h"
#include "uv_requests.h"

#define ASRCB_AT 0x20000
#define LIST_AT 0x30000
#define BUFFER_AT 0x32000

static inline struct seen add_at(struct fixture *f, uint64_t address)
{
	struct uvcb_add_secret block = {
		.header = { .size = be16(sizeof(block)), .code = be16(UVC_ADD_SECRET) },
		.asrcb = be64(address),
	};

	return call_block(f, &block, sizeof(block));
}

static inline struct seen add_bytes(struct fixture *f, const uint8_t *bytes, size_t size)
{
	memcpy(f->world.storage + ASRCB_AT, bytes, size);
	return add_at(f, ASRCB_AT);
}

static inline struct seen add(struct fixture *f, const struct world_asrcb *request)
{
	size_t size;
	uint8_t *bytes = world_asrcb_build(request, &size);
	struct seen seen = add_bytes(f, bytes, size);

	free(bytes);
	return seen;
}

/* Adds a secret of this type; its ID and value come from @seed. */
static inline struct seen add_type(struct fixture *f, uint16_t type, size_t size,
				   uint64_t seed)
{
	struct world_asrcb request;
	struct seen seen;

	world_asrcb_prepare(&f->world, &f->image, &request);
	world_asrcb_secret(&request, type, size, seed);
	seen = add(f, &request);
	world_asrcb_free(&request);
	return seen;
}

static inline struct seen add_association(struct fixture *f, uint64_t seed)
{
	return add_type(f, SECRET_ASSOCIATION, SECRET_ASSOCIATION_SIZE, seed);
}

static inline struct seen list_from(struct fixture *f, uint16_t start, uint64_t address)
{
	struct uvcb_list_secrets block = {
		.header = { .size = be16(sizeof(block)), .code = be16(UVC_LIST_SECRETS) },
		.start = be16(start),
		.page = be64(address),
	};

	return call_block(f, &block, sizeof(block));
}

/* The page that List Secrets writes, taken apart; expects @rc. */
static inline struct secret_list list(struct fixture *f, uint16_t start, unsigned cc,
				      uint16_t rc)
{
	struct secret_list list;
	struct error err;

	memset(f->world.storage + LIST_AT, 0xee, 0x2000);
	assert_seen(list_from(f, start, LIST_AT), cc, rc);
	assert_ok(secret_list_parse(&list, f->world.storage + LIST_AT,
				    SECRET_LIST_PAGE_SIZE, &err),
		  &err);
	assert_int_equal(f->world.storage[LIST_AT + SECRET_LIST_PAGE_SIZE], 0xee);
	return list;
}

static inline struct seen lock(struct fixture *f)
{
	return call_empty(f, UVC_LOCK_SECRETS, 0x40);
}

static inline struct seen retrieve_to(struct fixture *f, uint16_t index, uint32_t size,
				      uint64_t address)
{
	struct uvcb_retrieve_secret block = {
		.header = { .size = be16(sizeof(block)),
			    .code = be16(UVC_RETRIEVE_SECRET) },
		.index = be16(index),
		.size = be32(size),
		.buffer = be64(address),
	};

	return call_block(f, &block, sizeof(block));
}

static inline struct seen retrieve(struct fixture *f, uint16_t index, uint32_t size)
{
	memset(f->world.storage + BUFFER_AT, 0xee, 0x3000);
	return retrieve_to(f, index, size, BUFFER_AT);
}

static inline const uint8_t *buffer(const struct fixture *f)
{
	return f->world.storage + BUFFER_AT;
}

static inline struct uv_status status_of(struct fixture *f)
{
	struct uv_status status;

	assert_true(uv_configuration_status(UV(f), &status));
	return status;
}

static inline void assert_counts(struct fixture *f, size_t requests, size_t associations,
				 size_t retrievables)
{
	struct uv_status status = status_of(f);

	assert_int_equal(status.secret_requests, requests);
	assert_int_equal(status.secrets_association, associations);
	assert_int_equal(status.secrets_retrievable, retrievables);
}

#endif
