/* SPDX-License-Identifier: MIT */
/*
 * A world for the software ultravisor in tests, fuzz targets and benchmarks: a
 * machine with host keys, a guest whose storage is an array, and an image made
 * for it.
 */
#ifndef UV_TESTS_UV_WORLD_H
#define UV_TESTS_UV_WORLD_H

#include "base/text.h"
#include "image/control_flags.h"
#include "image/se_header.h"
#include "ultravisor/ultravisor.h"

#define WORLD_MAX_COMPONENTS 4
#define WORLD_MAX_KEYS 4

/* An image: what goes in, and what world_seal() makes of it. */
struct world_image {
	struct se_header_area area;
	uint64_t pcf;
	uint8_t header_key[GCM_KEY_SIZE];
	uint8_t iv[GCM_IV_SIZE];
	EVP_PKEY *customer_key;                /* the image's own */
	EVP_PKEY *host_keys[WORLD_MAX_KEYS];   /* not the image's own */
	size_t host_key_count;

	size_t component_count;
	struct world_component {
		uint64_t address;
		uint64_t prefix;
		size_t size;    /* whole pages */
		uint8_t *plain; /* the image's own */
		uint8_t *cipher;
	} components[WORLD_MAX_COMPONENTS];

	/* Made by world_seal(). */
	struct page_digest_values digests;
	uint64_t page_count;
	uint8_t header[SE_HEADER_MAX_SIZE];
	size_t header_size;
};

struct uv_world {
	struct generation generation; /* everything is on; may be changed */
	EVP_PKEY *host_key;
	EVP_PKEY *backup_host_key;    /* goes to the machine with_backup only */
	EVP_PKEY *foreign_host_key;   /* of another machine */
	struct uv *uv;
	uint64_t handle;
	uint8_t *storage;
	size_t storage_size;
	uint64_t unreadable;          /* address of a page that read refuses; NOWHERE */
	uint64_t unwritable;
	bool no_random;               /* the random callback fails */
	uint64_t now;                 /* what the clock tells; 1000 more each time */
	struct text trace;            /* lines, each ended by a newline */
};

#define NOWHERE UINT64_MAX

enum world_machine { WITHOUT_KEYS, WITH_HOST_KEY, WITH_BACKUP_KEY };

/* Everything up to a created configuration. Aborts the program on failure. */
void world_start(struct uv_world *world, enum world_machine machine,
		 size_t storage_size);
void world_end(struct uv_world *world);

/* Makes another ultravisor and configuration, after a change of world->generation. */
void world_restart(struct uv_world *world, enum world_machine machine);

/* Destroys the configuration and creates a new one, with zeroed storage. */
void world_renew(struct uv_world *world);

/* An image with three components, for the world's host key; sealed. */
void world_image_make(struct uv_world *world, struct world_image *image);
void world_image_free(struct world_image *image);

/* Adds a component of @size bytes of pseudo-random content. */
void world_image_add(struct world_image *image, uint64_t address, size_t size,
		     uint64_t prefix);

/* Encrypts the components, digests them, builds the header. Again after changes. */
void world_seal(struct world_image *image);

/* Only the header again, with the digests and counts as they stand. */
void world_seal_header(struct world_image *image);

/* Puts the encrypted components where they belong in storage. */
void world_load(struct uv_world *world, const struct world_image *image);

/* The calls of a protected start, up to the first that fails. */
struct uv_result world_set_parameters(struct uv_world *world,
				      const struct world_image *image);
struct uv_result world_unpack(struct uv_world *world, const struct world_image *image);
struct uv_result world_boot(struct uv_world *world, const struct world_image *image);

/* Is each component in storage in clear text? */
bool world_is_plain(const struct uv_world *world, const struct world_image *image);

/* Access for UVCBs: storage, untranslated. */
struct uv_access world_access(struct uv_world *world);

/* A small fast generator for test data (not for keys). */
uint64_t world_random(uint64_t *state);
void world_fill(void *data, size_t size, uint64_t seed);

#endif
