/* SPDX-License-Identifier: MIT */
/* The ultravisor object, and the life of its configurations. */
#include "ultravisor/configuration.h"

#include <stdlib.h>
#include <string.h>

#include "ultravisor/calls.h"
#include "ultravisor/trace.h"

#define TRIES_FOR_A_HANDLE 8

struct uv_result uv_internal_failure(int error_code)
{
	return uv_result(UV_RC_INTERNAL, error_code == ERR_NOMEM ? UV_RRC_MEMORY :
								   UV_RRC_CRYPTO);
}

/* From the callback, or OpenSSL's. */
bool uv_random(struct uv *uv, void *data, size_t size)
{
	if (uv->callbacks.random)
		return uv->callbacks.random(uv->callbacks.context, data, size);
	return crypto_random(data, size, NULL) == 0;
}

/* --- The object ------------------------------------------------------------ */

int uv_new(struct uv **out, const struct uv_machine *machine,
	   const struct uv_callbacks *callbacks, struct error *err)
{
	struct uv *uv;
	int rc;

	*out = NULL;
	if (!machine->generation || !callbacks->read || !callbacks->write)
		return error_set(err, ERR_INVALID,
				 "An ultravisor needs a machine generation "
				 "and access to guest storage");
	uv = calloc(1, sizeof(*uv));
	if (!uv)
		return error_set(err, ERR_NOMEM, "Out of memory");
	uv->generation = machine->generation;
	uv->callbacks = *callbacks;
	pthread_mutex_init(&uv->lock, NULL);
	rc = host_key_install(&uv->host_key, machine->host_key, "host key", err);
	if (rc == 0)
		rc = host_key_install(&uv->backup_host_key, machine->backup_host_key,
				      "backup host key", err);
	if (rc < 0) {
		uv_free(uv);
		return rc;
	}
	*out = uv;
	return 0;
}

/* Frees what a configuration holds; it stays usable as a corpse. */
static void configuration_wipe(struct configuration *c)
{
	configuration_end_unpacking(c);
	secret_free(c->keys);
	c->keys = NULL;
	secret_store_free(&c->secrets);
	dump_session_clear(&c->dump);
	pages_free(&c->pages);
	c->destroyed = true;
}

static void configuration_free(struct configuration *c)
{
	configuration_wipe(c);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

void uv_free(struct uv *uv)
{
	if (!uv)
		return;
	while (uv->configurations) {
		struct configuration *c = uv->configurations;

		uv->configurations = c->next;
		configuration_free(c);
	}
	pthread_mutex_destroy(&uv->lock);
	free(uv);
}

void uv_inject_condition(struct uv *uv, uint16_t code, unsigned cc, unsigned times)
{
	pthread_mutex_lock(&uv->lock);
	uv->injection.code = code;
	uv->injection.cc = cc;
	uv->injection.left = times;
	pthread_mutex_unlock(&uv->lock);
}

/* --- Handles --------------------------------------------------------------- */

/* Could somebody who miscounts, or flips a bit, mean @b when saying @a? */
static bool too_similar(uint64_t a, uint64_t b)
{
	uint64_t differing = a ^ b;

	return (differing & (differing - 1)) == 0 || a - b == 1 || b - a == 1;
}

static bool handle_usable(const struct uv *uv, uint64_t handle)
{
	if (handle == 0)
		return false;
	for (const struct configuration *c = uv->configurations; c; c = c->next)
		if (too_similar(c->handle, handle))
			return false;
	return true;
}

/* A handle that is neither guessable nor near another one; 0 = no randomness. */
static uint64_t new_handle(struct uv *uv)
{
	for (unsigned i = 0; i < TRIES_FOR_A_HANDLE; i++) {
		be64_t bytes;

		if (!uv_random(uv, &bytes, sizeof(bytes)))
			return 0;
		if (handle_usable(uv, be64_get(bytes)))
			return be64_get(bytes);
	}
	return 0;
}

/* --- Create and destroy ---------------------------------------------------- */

/* The random values that a configuration keeps for its whole life. */
static bool fill_random(struct uv *uv, struct configuration *c)
{
	struct configuration_keys *keys = configuration_keys(c);

	/*
	 * Nonce and tweak component (see transfer.c) occupy different bytes,
	 * because the tweak of an exported page is the one OR the other.
	 */
	return uv_random(uv, c->cuid, sizeof(c->cuid)) &&
	       uv_random(uv, keys->export_key, sizeof(keys->export_key)) &&
	       uv_random(uv, keys->tweak_nonce + 8, sizeof(keys->tweak_nonce) - 8) &&
	       uv_random(uv, keys->page_mac_key, sizeof(keys->page_mac_key)) &&
	       uv_random(uv, &keys->wrapping_key, sizeof(keys->wrapping_key));
}

static struct configuration *configuration_new(uint64_t storage_size, void *guest)
{
	struct configuration *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	pthread_mutex_init(&c->lock, NULL);
	c->references = 1;
	c->guest = guest;
	c->storage_size = storage_size;
	c->keys = secret_new(sizeof(struct configuration_keys));
	if (c->keys && pages_init(&c->pages, storage_size))
		return c;
	configuration_free(c);
	return NULL;
}

/* Gives @c a handle and puts it into the list. */
static struct uv_result enlist(struct uv *uv, struct configuration *c)
{
	struct uv_result result = uv_executed();

	pthread_mutex_lock(&uv->lock);
	if (uv->count >= uv->generation->max_guests) {
		result = uv_result(UV_RC_TOO_MANY_CONFIGURATIONS, 0);
	} else {
		c->handle = new_handle(uv);
		if (c->handle == 0)
			result = uv_result(UV_RC_INTERNAL, UV_RRC_RANDOM);
	}
	if (uv_ok(result)) {
		c->id = ++uv->last_id;
		c->next = uv->configurations;
		uv->configurations = c;
		uv->count++;
	}
	pthread_mutex_unlock(&uv->lock);
	return result;
}

static struct uv_result create(struct uv *uv, uint64_t storage_size, void *guest,
			       struct configuration **created)
{
	struct uv_result result;
	struct configuration *c;

	*created = NULL;
	if (storage_size > uv->generation->max_address)
		return uv_result(UV_RC_STORAGE_TOO_LARGE, 0);
	if (storage_size == 0 || storage_size % UV_PAGE_SIZE != 0)
		return uv_result(UV_RC_STORAGE_SIZE, 0);
	c = configuration_new(storage_size, guest);
	if (!c)
		return uv_internal_failure(ERR_NOMEM);
	result = fill_random(uv, c) ? enlist(uv, c) :
				      uv_result(UV_RC_INTERNAL, UV_RRC_RANDOM);
	if (uv_ok(result))
		*created = c;
	else
		configuration_free(c);
	return result;
}

/* An operation that has no configuration to lock (yet). */
static struct operation begin_unlocked(struct uv *uv, uint16_t code)
{
	struct operation op = { .uv = uv, .code = code };

	if (uv->callbacks.trace && uv->callbacks.clock)
		op.started = uv->callbacks.clock(uv->callbacks.context);
	return op;
}

struct uv_result uv_configuration_create(struct uv *uv, uint64_t storage_size,
					 void *guest, uint64_t *handle)
{
	struct operation op = begin_unlocked(uv, UVC_CREATE_CONFIGURATION);
	struct configuration *c;
	struct uv_result result;

	operation_about(&op, 0, storage_size);
	result = create(uv, storage_size, guest, &c);
	*handle = 0;
	if (uv_ok(result)) {
		*handle = c->handle;
		op.id = c->id;
	}
	return operation_end(&op, result);
}

/* Drops a reference; the last one frees. */
static void configuration_put(struct uv *uv, struct configuration *c)
{
	bool last;

	pthread_mutex_lock(&uv->lock);
	last = --c->references == 0;
	pthread_mutex_unlock(&uv->lock);
	if (last)
		configuration_free(c);
}

static void delist(struct uv *uv, struct configuration *c)
{
	struct configuration **at = &uv->configurations;

	pthread_mutex_lock(&uv->lock);
	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	uv->count--;
	pthread_mutex_unlock(&uv->lock);
}

struct uv_result uv_configuration_destroy(struct uv *uv, uint64_t handle)
{
	struct operation op = operation_begin(uv, handle, UVC_DESTROY_CONFIGURATION);
	struct configuration *c = op.configuration;

	if (!c)
		return operation_end(&op, uv_result(UV_RC_INVALID_HANDLE, 0));
	configuration_wipe(c);
	/* Only one thread gets here, and the operation has its own reference. */
	delist(uv, c);
	configuration_put(uv, c);
	return operation_end(&op, uv_executed());
}

/* --- Operations ------------------------------------------------------------ */

/* Finds a configuration and takes a reference to it. */
static struct configuration *configuration_get(struct uv *uv, uint64_t handle)
{
	struct configuration *c;

	pthread_mutex_lock(&uv->lock);
	for (c = uv->configurations; c && c->handle != handle; c = c->next)
		;
	if (c)
		c->references++;
	pthread_mutex_unlock(&uv->lock);
	return c;
}

struct configuration *configuration_lock(struct uv *uv, uint64_t handle)
{
	struct configuration *c = configuration_get(uv, handle);

	if (!c)
		return NULL;
	pthread_mutex_lock(&c->lock);
	if (!c->destroyed)
		return c;
	/* Destroyed while we waited for the lock. */
	configuration_unlock(uv, c);
	return NULL;
}

void configuration_unlock(struct uv *uv, struct configuration *c)
{
	pthread_mutex_unlock(&c->lock);
	configuration_put(uv, c);
}

struct operation operation_begin(struct uv *uv, uint64_t handle, uint16_t code)
{
	struct operation op = begin_unlocked(uv, code);

	op.configuration = configuration_lock(uv, handle);
	if (op.configuration)
		op.id = op.configuration->id;
	return op;
}

struct uv_result operation_end(struct operation *op, struct uv_result result)
{
	if (op->configuration)
		configuration_unlock(op->uv, op->configuration);
	if (op->uv->callbacks.trace)
		trace_operation(op, result);
	return result;
}

struct uv_result configuration_check_range(const struct configuration *c,
					   uint64_t address, uint64_t size)
{
	if (address % UV_PAGE_SIZE != 0 || size % UV_PAGE_SIZE != 0 || size == 0)
		return uv_result(UV_RC_ALIGNMENT, 0);
	if (!configuration_has(c, address, size))
		return uv_result(UV_RC_PAGE_NOT_MAPPED, 0);
	return uv_executed();
}

void configuration_end_unpacking(struct configuration *c)
{
	page_digests_free(c->digests);
	c->digests = NULL;
	xts_free(c->image_cipher);
	c->image_cipher = NULL;
}
