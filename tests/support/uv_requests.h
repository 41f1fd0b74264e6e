/* SPDX-License-Identifier: MIT */
/*
 * Requests of an owner for the guest of an uv_world: attestation, secrets. All of
 * this aborts the program on failure.
 */
#ifndef UV_TESTS_UV_REQUESTS_H
#define UV_TESTS_UV_REQUESTS_H

#include "attestation/arcb.h"
#include "secret/asrcb.h"
#include "uv_world.h"

#define WORLD_ARCB_MAX_SIZE 0x400

/* An attestation request: what goes in, and what world_arcb_seal() makes of it. */
struct world_arcb {
	EVP_PKEY *hosts[WORLD_MAX_KEYS]; /* not its own */
	size_t host_count;
	uint64_t flags;
	struct request_keys keys;
	struct arcb_area area;
	uint8_t bytes[WORLD_ARCB_MAX_SIZE];
	size_t size;
};

/* For the world's host key, with fresh keys and these flags; sealed. */
void world_arcb_make(const struct uv_world *world, struct world_arcb *arcb,
		     uint64_t flags);
void world_arcb_seal(struct world_arcb *arcb);
void world_arcb_free(struct world_arcb *arcb);

void world_image_tags(const struct world_image *image, struct image_tags *tags);

/* An add-secret request: the input may be changed before it is built. */
struct world_asrcb {
	struct image_tags tags;
	EVP_PKEY *hosts[WORLD_MAX_KEYS]; /* not its own */
	struct guest_secret secret;
	struct asrcb_input input;
};

/* A meta secret for the world's host key and this image. Holds pointers to itself. */
void world_asrcb_prepare(const struct uv_world *world, const struct world_image *image,
			 struct world_asrcb *asrcb);

/* A secret of any type with @size bytes of pseudo-random value, and an ID of @seed. */
void world_asrcb_secret(struct world_asrcb *asrcb, uint16_t type, size_t size,
			uint64_t seed);
void world_asrcb_free(struct world_asrcb *asrcb);

/* The request, with fresh keys; caller frees. */
uint8_t *world_asrcb_build(const struct world_asrcb *asrcb, size_t *size);

#endif
