/* SPDX-License-Identifier: MIT */
/*
 * Unpack Image: pages of the image, as they lie encrypted in guest storage,
 * become the guest's. Each piece of storage is copied once; digests and
 * decryption work on the copy, so that what is verified is what will run,
 * whoever else writes to the storage meanwhile. See
 * docs/reference/ultravisor-calls.md, "Unpack Image".
 */
#include <stdlib.h>
#include <string.h>

#include "ultravisor/calls.h"
#include "ultravisor/configuration.h"
#include "ultravisor/hasher.h"

static struct uv_result check_unpack(const struct configuration *c,
				     uint64_t address, uint64_t size)
{
	if (c->phase != UV_PHASE_PARAMETERS_SET && c->phase != UV_PHASE_UNPACKING)
		return uv_result(UV_RC_INVALID_STATE, 0);
	return configuration_check_range(c, address, size);
}

/*
 * After a failure of the crypto library the digests may hold half a page:
 * nothing that is unpacked from here on could be trusted.
 */
static struct uv_result give_up(struct configuration *c, int error_code)
{
	c->phase = UV_PHASE_FAILED;
	configuration_end_unpacking(c);
	return uv_internal_failure(error_code);
}

/* Decrypts @size bytes of whole pages; without encryption, copies them. */
static int decrypt(struct configuration *c, const uint8_t *in, uint8_t *out,
		   size_t size, uint64_t prefix, uint64_t offset)
{
	if (!c->image_cipher) {
		memcpy(out, in, size);
		return 0;
	}
	for (size_t at = 0; at < size; at += CRYPTO_PAGE_SIZE) {
		struct page_tweak tweak = { .prefix = be64(prefix),
					    .offset = be64(offset + at) };
		int rc = xts_page(c->image_cipher, (const uint8_t *)&tweak,
				  in + at, out + at, NULL);

		if (rc < 0)
			return rc;
	}
	return 0;
}

static struct uv_result unpack_page(struct uv *uv, struct configuration *c,
				    uint64_t address, uint64_t prefix,
				    uint64_t offset)
{
	struct page_tweak tweak = { .prefix = be64(prefix), .offset = be64(offset) };
	uint8_t cipher[UV_PAGE_SIZE], plain[UV_PAGE_SIZE];
	bool mapped;
	int rc;

	if (!uv->callbacks.read(c->guest, address, cipher, sizeof(cipher)))
		return uv_result(UV_RC_PAGE_NOT_MAPPED, 0);
	rc = decrypt(c, cipher, plain, sizeof(plain), prefix, offset);
	if (rc < 0)
		return give_up(c, rc);
	mapped = uv->callbacks.write(c->guest, address, plain, sizeof(plain));
	secret_wipe(plain, sizeof(plain));
	if (!mapped)
		return uv_result(UV_RC_PAGE_NOT_MAPPED, 0);
	rc = page_digests_add(c->digests, cipher, address, &tweak, NULL);
	if (rc < 0)
		return give_up(c, rc);
	c->phase = UV_PHASE_UNPACKING;
	c->pages_unpacked = page_digests_count(c->digests);
	return uv_executed();
}

struct uv_result uv_unpack(struct uv *uv, uint64_t handle, uint64_t address,
			   uint64_t tweak_prefix, uint64_t tweak_offset)
{
	struct operation op = operation_begin(uv, handle, UVC_UNPACK);
	struct uv_result result;

	operation_about(&op, address, 0);
	if (!op.configuration)
		return operation_end(&op, uv_result(UV_RC_INVALID_HANDLE, 0));
	result = check_unpack(op.configuration, address, UV_PAGE_SIZE);
	if (uv_ok(result))
		result = unpack_page(uv, op.configuration, address, tweak_prefix,
				     tweak_offset);
	return operation_end(&op, result);
}

/* A component on its way: pieces of it go through a hasher. */
struct component {
	struct uv *uv;
	struct configuration *c;
	uint64_t address;
	uint64_t size;
	uint64_t prefix;
	uint64_t done;  /* bytes */
	uint8_t *plain; /* a piece, decrypted */
};

/*
 * Unpacks the next @size bytes in one go. False when storage could not be read
 * or written as a whole; then nothing has happened yet.
 */
static bool unpack_piece(struct component *component, struct hasher *hasher,
			 size_t size, int *failure)
{
	const struct uv_callbacks *callbacks = &component->uv->callbacks;
	struct configuration *c = component->c;
	uint64_t address = component->address + component->done;
	struct page_tweak tweak = { .prefix = be64(component->prefix),
				    .offset = be64(component->done) };
	uint8_t *cipher = hasher_buffer(hasher);

	if (!callbacks->read(c->guest, address, cipher, size))
		return false;
	*failure = decrypt(c, cipher, component->plain, size, component->prefix,
			   component->done);
	if (*failure < 0)
		return true;
	if (!callbacks->write(c->guest, address, component->plain, size))
		return false;
	hasher_submit(hasher, size, address, tweak);
	return true;
}

/*
 * Page by page, to reach (and not to pass) the page that is not mapped.
 * hasher_drain() came before, so that the digests are up to date.
 */
static struct uv_result unpack_pages(struct component *component, size_t size)
{
	struct uv_result result = uv_executed();

	for (size_t at = 0; uv_ok(result) && at < size; at += UV_PAGE_SIZE) {
		result = unpack_page(component->uv, component->c,
				     component->address + component->done,
				     component->prefix, component->done);
		if (uv_ok(result))
			component->done += UV_PAGE_SIZE;
	}
	return result;
}

static struct uv_result unpack_next(struct component *component,
				    struct hasher *hasher)
{
	uint64_t left = component->size - component->done;
	size_t size = left < HASHER_PIECE_SIZE ? (size_t)left : HASHER_PIECE_SIZE;
	int rc = 0;

	if (unpack_piece(component, hasher, size, &rc)) {
		if (rc < 0)
			return uv_internal_failure(rc);
		component->done += size;
		return uv_executed();
	}
	rc = hasher_drain(hasher);
	if (rc < 0)
		return uv_internal_failure(rc);
	return unpack_pages(component, size);
}

static struct uv_result unpack_with(struct component *component,
				    struct hasher *hasher)
{
	struct configuration *c = component->c;
	struct uv_result result = uv_executed();
	int rc;

	while (uv_ok(result) && component->done < component->size)
		result = unpack_next(component, hasher);
	rc = hasher_free(hasher);
	if (rc < 0 || result.rc == UV_RC_INTERNAL)
		return give_up(c, rc < 0 ? rc : ERR_CRYPTO);
	c->pages_unpacked = page_digests_count(c->digests);
	if (c->pages_unpacked > 0)
		c->phase = UV_PHASE_UNPACKING;
	return result;
}

static struct uv_result unpack_component(struct component *component)
{
	struct uv_result result =
		check_unpack(component->c, component->address, component->size);
	struct hasher *hasher;

	if (!uv_ok(result))
		return result;
	component->plain = malloc(HASHER_PIECE_SIZE);
	hasher = hasher_new(component->c->digests);
	if (component->plain && hasher)
		result = unpack_with(component, hasher);
	else
		result = uv_internal_failure(ERR_NOMEM);
	if (component->plain)
		secret_wipe(component->plain, HASHER_PIECE_SIZE);
	free(component->plain);
	return result;
}

struct uv_result uv_unpack_component(struct uv *uv, uint64_t handle,
				     uint64_t address, uint64_t size,
				     uint64_t tweak_prefix)
{
	struct operation op = operation_begin(uv, handle, UVC_UNPACK);
	struct component component = {
		.uv = uv,
		.c = op.configuration,
		.address = address,
		.size = size,
		.prefix = tweak_prefix,
	};

	operation_about(&op, address, size);
	if (!op.configuration)
		return operation_end(&op, uv_result(UV_RC_INVALID_HANDLE, 0));
	return operation_end(&op, unpack_component(&component));
}
