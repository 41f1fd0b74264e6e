/* SPDX-License-Identifier: MIT */
/*
 * DIAG 508 with a good signature, and block, signature and component changed at
 * places that the input names. What is verified has to be what was signed.
 */
#include "ultravisor_fuzz.h"

#include <string.h>

#include "boot_pki.h"
#include "diagnose_world.h"
#include "ipl/diag508.h"

#define STORAGE_SIZE ((size_t)32 << 10)
#define OPERAND 0x1000
#define SIGNATURE 0x2000
#define COMPONENT 0x4000
#define COMPONENT_SIZE 0x3000

static struct certstore store;
static struct diagnose_world world;
static uint8_t original[COMPONENT_SIZE];
static struct boot_bytes signatures[2]; /* without and with attributes */

static void start(void)
{
	X509 *other = boot_certificate_for(BOOT_P384), *right = boot_certificate_for(BOOT_P256);

	boot_store_add(&store, "other.pem", other);
	boot_store_add(&store, "right.pem", right);
	for (size_t i = 0; i < COMPONENT_SIZE; i++)
		original[i] = (uint8_t)(i ^ i >> 8);
	for (unsigned i = 0; i < 2; i++)
		boot_sign(&signatures[i], original, COMPONENT_SIZE, BOOT_P256, right,
			  EVP_sha256(), i ? CMS_NOCERTS : BOOT_LIKE_SIGN_FILE);
	X509_free(other);
	X509_free(right);
	diagnose_world_new(&world, STORAGE_SIZE);
}

/* Overwrites up to @count bytes at places that the input names. */
static void patch(struct feed *feed, uint8_t *bytes, size_t size, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		size_t at = feed_u16(feed) % size;

		bytes[at] = feed_u8(feed);
	}
}

static void fill(struct feed *feed, struct svb *block)
{
	const struct boot_bytes *signature = &signatures[feed_u8(feed) & 1];

	*block = (struct svb){
		.length = be32(sizeof(*block)),
		.component_length = be64(COMPONENT_SIZE),
		.component_address = be64(COMPONENT),
		.signature_length = be64(signature->size),
		.signature_address = be64(SIGNATURE),
	};
	memset(world.bytes, 0, STORAGE_SIZE);
	memcpy(world.bytes + COMPONENT, original, COMPONENT_SIZE);
	memcpy(world.bytes + SIGNATURE, signature->bytes, signature->size);
	patch(feed, world.bytes + SIGNATURE, signature->size, feed_u8(feed) % 4);
	patch(feed, world.bytes + COMPONENT, COMPONENT_SIZE, feed_u8(feed) % 4);
	patch(feed, (uint8_t *)block, sizeof(*block), feed_u8(feed) % 4);
	memcpy(world.bytes + OPERAND, block, sizeof(*block));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed feed = { .data = data, .left = size };
	struct diagnose call = { false, 2, OPERAND, DIAG508_VERIFY_SIGNATURE };
	struct diagnose_result result;
	struct svb block;

	if (!world.bytes)
		start();
	fill(&feed, &block);
	world.written = 0;
	result = diag508(&store, &call, &world.storage, NULL);
	fuzz_check(result.end == DIAGNOSE_ANSWERED);
	if (result.value != DIAG508_OK) {
		fuzz_check(world.written == 0);
		return 0;
	}
	fuzz_check(world.written == sizeof(struct svb_answer));
	fuzz_check(be64_get(block.component_length) == COMPONENT_SIZE);
	fuzz_check(memcmp(world.bytes + be64_get(block.component_address), original,
			  COMPONENT_SIZE) == 0);
	fuzz_check(world.bytes[OPERAND + SVB_ANSWER_OFFSET] == 1);
	return 0;
}
