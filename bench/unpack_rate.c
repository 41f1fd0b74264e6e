/* SPDX-License-Identifier: MIT */
/*
 * How fast the ultravisor unpacks and verifies an image, next to what limits
 * it: one SHA-512 over the same bytes. Prints both rates, and their ratio as
 * the median of pairs measured one after the other.
 *
 *     unpack_rate [MEBIBYTES [ROUNDS]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rate.h"
#include "uv_world.h"

#define MIB ((size_t)1 << 20)
#define ADDRESS 0x100000 /* of the component */
#define PREFIX UINT64_C(0x0028010203040506)
#define MAX_ROUNDS 99

struct pair {
	double hash;   /* seconds */
	double unpack;
};

/*
 * An image whose one component is encrypted already: @size random bytes are
 * as good a cipher text as any.
 */
static void make_image(struct world_image *image, struct uv_world *world,
		       const uint8_t *cipher, size_t size)
{
	struct page_tweak first = { be64(PREFIX), be64(0) };
	struct page_digests *digests;

	world_image_make(world, image);
	need(page_digests_new(&digests, NULL) == 0 &&
		     page_digests_add_run(digests, cipher, size / UV_PAGE_SIZE,
					  ADDRESS, &first, NULL) == 0 &&
		     page_digests_values(digests, &image->digests, NULL) == 0,
	     "digesting");
	image->page_count = size / UV_PAGE_SIZE;
	page_digests_free(digests);
	world_seal_header(image);
}

static struct pair measure(struct uv_world *world, const struct world_image *image,
			   const uint8_t *cipher, size_t size)
{
	uint8_t digest[SHA512_SIZE];
	struct pair pair;
	double start;

	world_renew(world);
	memcpy(world->storage + ADDRESS, cipher, size);
	start = now();
	need(crypto_sha512(digest, world->storage + ADDRESS, size, NULL) == 0, "SHA-512");
	pair.hash = now() - start;
	start = now();
	need(uv_ok(world_set_parameters(world, image)) &&
		     uv_ok(uv_unpack_component(world->uv, world->handle, ADDRESS,
					       size, PREFIX)) &&
		     uv_ok(uv_verify(world->uv, world->handle)),
	     "unpacking");
	pair.unpack = now() - start;
	return pair;
}

static int by_ratio(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	double difference = x->hash / x->unpack - y->hash / y->unpack;

	return (difference > 0) - (difference < 0);
}

int main(int argc, char **argv)
{
	size_t mib = argc > 1 ? strtoul(argv[1], NULL, 10) : 256;
	size_t rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : 7;
	struct pair pairs[MAX_ROUNDS], *median;
	struct world_image image;
	struct uv_world world;
	size_t size = mib * MIB;
	uint8_t *cipher;

	if (mib == 0 || rounds == 0 || rounds > MAX_ROUNDS) {
		fprintf(stderr, "usage: unpack_rate [MEBIBYTES [ROUNDS]]\n");
		return 2;
	}
	cipher = malloc(size);
	need(cipher != NULL, "allocation");
	world_fill(cipher, size, 1);
	world_start(&world, WITH_HOST_KEY, size + ADDRESS);
	make_image(&image, &world, cipher, size);
	for (size_t i = 0; i < rounds; i++)
		pairs[i] = measure(&world, &image, cipher, size);
	qsort(pairs, rounds, sizeof(pairs[0]), by_ratio);
	median = &pairs[rounds / 2];
	printf("unpack and verify %zu MiB: %.0f MB/s; SHA-512: %.0f MB/s; ratio %.3f\n",
	       mib, (double)size / median->unpack / 1e6,
	       (double)size / median->hash / 1e6, median->hash / median->unpack);
	world_image_free(&image);
	world_end(&world);
	free(cipher);
	return 0;
}
