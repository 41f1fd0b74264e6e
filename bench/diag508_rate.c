/* SPDX-License-Identifier: MIT */
/*
 * How fast DIAGNOSE X'508' verifies a component, next to what limits it: one
 * SHA-256 over the same bytes. The right certificate is the last of a full store.
 * Prints both rates, and the ratio of the times as the median of pairs measured
 * one after the other.
 *
 *     diag508_rate [MEBIBYTES [ROUNDS]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot_pki.h"
#include "crypto/crypto.h"
#include "diagnose_world.h"
#include "ipl/diag508.h"
#include "rate.h"

#define MIB ((size_t)1 << 20)
#define OPERAND 0x1000
#define SIGNATURE 0x2000
#define COMPONENT 0x10000
#define MAX_ROUNDS 99

struct pair {
	double hash;   /* seconds */
	double verify;
};

static void fill_store(struct certstore *store)
{
	X509 *other = boot_certificate_for(BOOT_OTHER_RSA);
	X509 *right = boot_certificate_for(BOOT_RSA);

	while (store->count < CERTSTORE_MAX - 1)
		boot_store_add(store, "other.pem", other);
	boot_store_add(store, "right.pem", right);
	X509_free(other);
	X509_free(right);
}

static void fill_storage(struct diagnose_world *world, const struct certstore *store,
			 size_t size)
{
	X509 *signer = store->certificates[CERTSTORE_MAX - 1].certificate;
	struct boot_bytes signature;
	struct svb block = { .length = be32(sizeof(block)) };

	for (size_t i = 0; i < size; i++)
		world->bytes[COMPONENT + i] = (uint8_t)(i * 31 + (i >> 12));
	boot_sign(&signature, world->bytes + COMPONENT, size, BOOT_RSA, signer, EVP_sha256(),
		  BOOT_LIKE_SIGN_FILE);
	memcpy(world->bytes + SIGNATURE, signature.bytes, signature.size);
	block.component_length = be64(size);
	block.component_address = be64(COMPONENT);
	block.signature_length = be64(signature.size);
	block.signature_address = be64(SIGNATURE);
	memcpy(world->bytes + OPERAND, &block, sizeof(block));
}

static struct pair measure(struct diagnose_world *world, const struct certstore *store,
			   size_t size)
{
	struct diagnose call = { false, 2, OPERAND, DIAG508_VERIFY_SIGNATURE };
	struct diagnose_result result;
	uint8_t digest[SHA256_SIZE];
	struct pair pair;
	double start = now();

	need(crypto_sha256(digest, world->bytes + COMPONENT, size, NULL) == 0, "SHA-256");
	pair.hash = now() - start;
	start = now();
	result = diag508(store, &call, &world->storage, NULL);
	pair.verify = now() - start;
	need(result.end == DIAGNOSE_ANSWERED && result.value == DIAG508_OK, "verifying");
	return pair;
}

static int by_ratio(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	double difference = x->verify / x->hash - y->verify / y->hash;

	return (difference > 0) - (difference < 0);
}

int main(int argc, char **argv)
{
	size_t mib = argc > 1 ? strtoul(argv[1], NULL, 10) : 64;
	size_t rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : 9;
	struct certstore store = { .count = 0 };
	struct pair pairs[MAX_ROUNDS], *median;
	struct diagnose_world world;
	size_t size = mib * MIB;

	if (mib == 0 || size > DIAG508_COMPONENT_MAX || rounds == 0 || rounds > MAX_ROUNDS) {
		fprintf(stderr, "usage: diag508_rate [MEBIBYTES [ROUNDS]], at most 256 MiB\n");
		return 2;
	}
	diagnose_world_new(&world, COMPONENT + size);
	fill_store(&store);
	fill_storage(&world, &store, size);
	for (size_t i = 0; i < rounds; i++)
		pairs[i] = measure(&world, &store, size);
	qsort(pairs, rounds, sizeof(pairs[0]), by_ratio);
	median = &pairs[rounds / 2];
	printf("DIAG 508 on %zu MiB: %.1f ms; SHA-256: %.1f ms; ratio %.3f (aim: 1.1 or less)\n",
	       mib, median->verify * 1e3, median->hash * 1e3, median->verify / median->hash);
	certstore_clear(&store);
	diagnose_world_free(&world);
	return 0;
}
