/* SPDX-License-Identifier: MIT */
/*
 * Inside the ultravisor: the object itself, its secure configurations, and
 * the frame around every operation on one (find, lock, work, unlock, trace).
 *
 * Locks: uv->lock protects the list of configurations and is held for moments
 * only; each configuration has a lock of its own, held while an operation
 * works on it. Who holds uv->lock never waits for a configuration's lock.
 */
#ifndef UV_ULTRAVISOR_CONFIGURATION_H
#define UV_ULTRAVISOR_CONFIGURATION_H

#include <pthread.h>

#include "base/secret.h"
#include "crypto/crypto.h"
#include "image/digests.h"
#include "image/se_header.h"
#include "request/image_tags.h"
#include "ultravisor/dump.h"
#include "ultravisor/host_key.h"
#include "ultravisor/pages.h"
#include "ultravisor/protected_key.h"
#include "ultravisor/secret_store.h"
#include "ultravisor/ultravisor.h"

#define CUID_SIZE 16
#define PAGE_MAC_KEY_SIZE 32

struct uv {
	const struct generation *generation;
	struct uv_callbacks callbacks;
	struct host_key host_key;
	struct host_key backup_host_key;
	pthread_mutex_t lock;
	struct configuration *configurations;
	uint32_t count;   /* of configurations */
	uint32_t last_id; /* given to a configuration */
	struct {          /* see uv_inject_condition() */
		uint16_t code;
		unsigned cc;
		unsigned left;
	} injection;
};

/* What must never leave the ultravisor. Lives in a struct secret. */
struct configuration_keys {
	uint8_t cck[CCK_SIZE];               /* from the SE header, or the last update */
	uint8_t export_key[XTS_KEY_SIZE];    /* of exported pages */
	uint8_t tweak_nonce[XTS_TWEAK_SIZE]; /* of exported pages; bytes 0-7 are zero */
	uint8_t page_mac_key[PAGE_MAC_KEY_SIZE];
	struct wrapping_key wrapping_key;    /* of retrieved keys */
	be64_t psw_mask;                     /* from the SE header */
	be64_t psw_address;
};

/* What is remembered of the accepted SE header, besides keys. */
struct image_identity {
	struct image_tags tags; /* PLD, ALD, TLD, and the tag of the header */
	uint64_t page_count;
	uint64_t pcf;
	uint64_t scf;
	uint8_t phkh[PHKH_SIZE];
	bool backup_host_key;
};

struct configuration {
	struct configuration *next;
	uint64_t handle;
	uint32_t id;         /* stands for the handle in the trace */
	uint32_t references; /* under uv->lock; the list holds one */

	pthread_mutex_t lock; /* everything below */
	bool destroyed;
	enum uv_phase phase;
	void *guest;
	uint64_t storage_size;
	uint8_t cuid[CUID_SIZE];
	struct secret *keys;          /* struct configuration_keys */
	struct image_identity image;
	uint64_t pages_unpacked;
	struct page_digests *digests; /* of what was unpacked; NULL outside unpacking */
	struct xts *image_cipher;     /* NULL outside unpacking, or without encryption */
	struct page_table pages;
	uint64_t exports;             /* made so far; numbers the tweak components */
	struct secret_store secrets;
	bool dump_disabled;           /* by an add-secret request: no dump any more */
	bool dumping;                 /* a dump has begun and not ended */
	struct dump_session dump;     /* while dumping */
};

static inline struct configuration_keys *configuration_keys(struct configuration *c)
{
	return (struct configuration_keys *)secret_bytes(c->keys);
}

static inline struct uv_result uv_result(uint16_t rc, uint16_t rrc)
{
	return (struct uv_result){ .rc = rc, .rrc = rrc };
}

static inline struct uv_result uv_executed(void)
{
	return uv_result(UV_RC_EXECUTED, 0);
}

/* The own rc for a failure that is nobody's fault outside (enum error_code). */
struct uv_result uv_internal_failure(int error_code);

/* Random bytes from the callback, or OpenSSL's. */
bool uv_random(struct uv *uv, void *data, size_t size);

/* Does [@address, @address + @size) lie in the configuration's storage? */
static inline bool configuration_has(const struct configuration *c,
				     uint64_t address, uint64_t size)
{
	return size <= c->storage_size && address <= c->storage_size - size;
}

/*
 * Checks the address of a page operand: whole pages, inside storage. The
 * result is that of the hypervisor's page calls.
 */
struct uv_result configuration_check_range(const struct configuration *c,
					   uint64_t address, uint64_t size);

/* Finds and locks the configuration of @handle; NULL when there is none. */
struct configuration *configuration_lock(struct uv *uv, uint64_t handle);
void configuration_unlock(struct uv *uv, struct configuration *c);

/* Ends unpacking: frees digests and image cipher. */
void configuration_end_unpacking(struct configuration *c);

/* One operation, as the trace shows it. */
struct operation {
	struct uv *uv;
	struct configuration *configuration; /* locked; NULL: no such handle */
	uint32_t id;
	uint16_t code;
	bool by_guest;
	bool has_address;
	uint64_t address;
	uint64_t size; /* 0 = not shown */
	uint64_t started;
};

/* Begins an operation on the configuration of @handle. Ended by operation_end(). */
struct operation operation_begin(struct uv *uv, uint64_t handle, uint16_t code);

/* Names the storage that the operation is about. */
static inline void operation_about(struct operation *op, uint64_t address,
				   uint64_t size)
{
	op->has_address = true;
	op->address = address;
	op->size = size;
}

/* Unlocks, writes the trace, and returns @result. */
struct uv_result operation_end(struct operation *op, struct uv_result result);

#endif
