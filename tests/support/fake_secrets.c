/* SPDX-License-Identifier: MIT */
/*
 * Stands in for the kernel and the ultravisor behind /dev/uv, so that `pvsecret
 * add`, list, lock and retrieve can be tested where there is neither: preloaded
 * into a process, it answers the ioctls about secrets. The "device" is a file that
 * holds the store (an empty one at first). The environment says how to behave:
 *
 *   FAKE_UV_HOST_KEY   PEM file with the machine's key pair
 *   FAKE_UV_ERRNO      fail with this errno value instead
 *   FAKE_UV_RC         answer with this return code (hexadecimal) instead
 *   FAKE_UV_PAGES      longest list that the "kernel" takes, in pages; 4 by default
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "crypto/ec_pem.h"
#include "secret/asrcb.h"
#include "secret/secret_list.h"
#include "uvdevice/uvdevice.h"

#define RC_LOCKED 0x0102
#define RC_NOT_DECRYPTABLE 0x0108
#define RC_EMPTY 0x010f
#define RC_NO_SECRET 0x0110
#define RC_NOT_RETRIEVABLE 0x0111

/* What the file holds. */
struct store {
	uint32_t count;
	uint32_t locked;
	struct {
		struct secret_list_entry entry;
		uint32_t size;
		uint8_t value[256]; /* no test has a longer one */
	} secrets[400];
};

static struct store *load(int fd)
{
	struct store *store = calloc(1, sizeof(*store));

	if (!store || pread(fd, store, sizeof(*store), 0) < 0)
		abort();
	return store;
}

static void save(int fd, struct store *store)
{
	if (pwrite(fd, store, sizeof(*store), 0) != (ssize_t)sizeof(*store))
		abort();
}

static void append(struct store *store, const struct asrcb *asrcb,
		   const struct secret *value)
{
	size_t size = asrcb->value_size;

	if (size > sizeof(store->secrets[0].value) || store->count == 400)
		abort();
	store->secrets[store->count].entry = (struct secret_list_entry){
		.index = be16((uint16_t)store->count), .type = be16(asrcb->type),
		.size = be32((uint32_t)secret_kind_retrieved_size(asrcb->kind, size)),
	};
	memcpy(store->secrets[store->count].entry.id, asrcb->id, SECRET_ID_SIZE);
	memcpy(store->secrets[store->count].value, secret_view(value), size);
	store->secrets[store->count++].size = (uint32_t)size;
}

static uint16_t add(struct store *store, const void *request, size_t size)
{
	struct asrcb_secrets secrets;
	uint8_t phkh[PHKH_SIZE];
	struct asrcb asrcb;
	struct error err;
	EVP_PKEY *key;
	int rc;

	if (store->locked)
		return RC_LOCKED;
	if (asrcb_parse(&asrcb, request, size, UINT64_MAX, NULL, &err) < 0 ||
	    ec_pem_read_private(&key, getenv("FAKE_UV_HOST_KEY"), &err) < 0 ||
	    ec_phkh(phkh, key, &err) < 0)
		abort();
	rc = asrcb_open_as_host(&secrets, &asrcb, key, phkh, &err);
	EVP_PKEY_free(key);
	if (rc < 0)
		return RC_NOT_DECRYPTABLE;
	if (asrcb.kind->listable)
		append(store, &asrcb, secrets.value);
	asrcb_secrets_free(&secrets);
	return UVDEVICE_RC_EXECUTED;
}

/* Several pages are one header and the entries of all. */
static uint16_t list(const struct store *store, uint8_t *out, size_t size)
{
	size_t room = (size - sizeof(struct secret_list_header)) /
		      sizeof(struct secret_list_entry);
	size_t count = store->count < room ? store->count : room;
	struct secret_list_header *header = (struct secret_list_header *)out;
	struct secret_list_entry *entries = (struct secret_list_entry *)(header + 1);

	*header = (struct secret_list_header){
		.stored = be16((uint16_t)count), .total = be16((uint16_t)store->count) };
	for (size_t i = 0; i < count; i++)
		entries[i] = store->secrets[i].entry;
	return count < store->count ? UVDEVICE_RC_MORE_DATA : UVDEVICE_RC_EXECUTED;
}

/* A "protected" key is the key with its bits flipped, and a pattern behind it. */
static uint16_t retrieve(const struct store *store, uint8_t *buffer)
{
	be16_t index;
	const uint8_t *value;
	const struct secret_kind *kind;
	uint32_t size;

	memcpy(&index, buffer, sizeof(index));
	if (store->count == 0)
		return RC_EMPTY;
	if (be16_get(index) >= store->count)
		return RC_NO_SECRET;
	kind = secret_kind_find(be16_get(store->secrets[be16_get(index)].entry.type));
	if (!kind->retrievable)
		return RC_NOT_RETRIEVABLE;
	value = store->secrets[be16_get(index)].value;
	size = store->secrets[be16_get(index)].size;
	for (uint32_t i = 0; i < size; i++)
		buffer[i] = kind->key ? (uint8_t)~value[i] : value[i];
	if (kind->key)
		memset(buffer + size, 0xaa, SECRET_VERIFICATION_PATTERN_SIZE);
	return UVDEVICE_RC_EXECUTED;
}

static int answer(int fd, unsigned command, struct uvdevice_block *block)
{
	const char *pages = getenv("FAKE_UV_PAGES");
	size_t limit = (pages ? strtoul(pages, NULL, 10) : 4) * UVDEVICE_LIST_PAGE;
	void *argument = (void *)(uintptr_t)block->argument;
	struct store *store = load(fd);
	int rc = 0;

	switch (command) {
	case UVDEVICE_ADD_SECRET:
		block->rc = add(store, argument, block->argument_size);
		break;
	case UVDEVICE_LIST_SECRETS:
		if (block->argument_size > limit) {
			errno = EINVAL;
			rc = -1;
			break;
		}
		block->rc = list(store, argument, block->argument_size);
		break;
	case UVDEVICE_LOCK_SECRETS:
		block->rc = store->locked ? RC_LOCKED : UVDEVICE_RC_EXECUTED;
		store->locked = 1;
		break;
	case UVDEVICE_RETRIEVE_SECRET:
		block->rc = retrieve(store, argument);
		break;
	default:
		abort();
	}
	save(fd, store);
	free(store);
	return rc;
}

int ioctl(int fd, unsigned long request, ...)
{
	const char *errnum = getenv("FAKE_UV_ERRNO"), *code = getenv("FAKE_UV_RC");
	struct uvdevice_block *block;
	va_list ap;

	va_start(ap, request);
	block = va_arg(ap, struct uvdevice_block *);
	va_end(ap);
	if (request < UVDEVICE_IOCTL(UVDEVICE_INFO) ||
	    request > UVDEVICE_IOCTL(UVDEVICE_RETRIEVE_SECRET))
		return (int)syscall(SYS_ioctl, fd, request, block);
	if (errnum) {
		errno = atoi(errnum);
		return -1;
	}
	if (code) {
		block->rc = (uint16_t)strtoul(code, NULL, 16);
		return 0;
	}
	return answer(fd, (unsigned)(request - UVDEVICE_IOCTL(0)), block);
}
