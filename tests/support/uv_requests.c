/* SPDX-License-Identifier: MIT */
#include "uv_requests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "uv_requests: %s\n", what);
	abort();
}

void world_arcb_make(const struct uv_world *world, struct world_arcb *arcb,
		     uint64_t flags)
{
	*arcb = (struct world_arcb){ .hosts = { world->host_key }, .host_count = 1,
				     .flags = flags };
	need(request_keys_generate(&arcb->keys, NULL) == 0, "keys");
	need(crypto_random(&arcb->area, sizeof(arcb->area), NULL) == 0, "random");
	world_arcb_seal(arcb);
}

void world_arcb_seal(struct world_arcb *arcb)
{
	struct arcb_input input = {
		.hosts = { arcb->hosts, arcb->host_count },
		.flags = arcb->flags,
		.keys = &arcb->keys,
		.area = &arcb->area,
	};

	arcb->size = arcb_size(arcb->host_count, arcb->flags);
	need(arcb->size <= sizeof(arcb->bytes), "the ARCB is too long");
	need(arcb_build(arcb->bytes, &input, NULL) == 0, "ARCB");
}

void world_arcb_free(struct world_arcb *arcb)
{
	request_keys_free(&arcb->keys);
}

void world_image_tags(const struct world_image *image, struct image_tags *tags)
{
	tags->digests = image->digests;
	memcpy(tags->tag, image->header + image->header_size - sizeof(tags->tag),
	       sizeof(tags->tag));
}

void world_asrcb_prepare(const struct uv_world *world, const struct world_image *image,
			 struct world_asrcb *asrcb)
{
	*asrcb = (struct world_asrcb){ .hosts = { world->host_key } };
	world_image_tags(image, &asrcb->tags);
	guest_secret_meta(&asrcb->secret);
	asrcb->input = (struct asrcb_input){
		.hosts = { asrcb->hosts, 1 },
		.image = &asrcb->tags,
		.secret = &asrcb->secret,
	};
}

void world_asrcb_secret(struct world_asrcb *asrcb, uint16_t type, size_t size,
			uint64_t seed)
{
	struct guest_secret *secret = &asrcb->secret;

	guest_secret_free(secret);
	*secret = (struct guest_secret){ .kind = secret_kind_find(type) };
	world_fill(secret->id, sizeof(secret->id), seed);
	if (size == 0)
		return;
	secret->value = secret_new(size);
	need(secret->value != NULL, "out of memory");
	world_fill(secret_bytes(secret->value), size, seed + 1);
}

void world_asrcb_free(struct world_asrcb *asrcb)
{
	guest_secret_free(&asrcb->secret);
}

uint8_t *world_asrcb_build(const struct world_asrcb *asrcb, size_t *size)
{
	uint8_t *bytes;

	need(asrcb_create(&bytes, size, &asrcb->input, NULL) == 0, "ASRCB");
	return bytes;
}
