/* SPDX-License-Identifier: MIT */
/*
 * DIAG 320 with operands that the input makes up: where, how large, what for. It
 * writes nothing but what it answers, and never more than it says.
 */
#include "ultravisor_fuzz.h"

#include <string.h>

#include "boot_pki.h"
#include "diagnose_world.h"
#include "ipl/diag320.h"

#define STORAGE_SIZE ((size_t)64 << 10)
#define HEADER_MAX 128 /* of what a guest writes */

static struct certstore store;
static struct diagnose_world world;
static int64_t now;

static int64_t clock_of_fuzz(void *context)
{
	(void)context;
	return now;
}

static void start(void)
{
	static const enum boot_key keys[] = { BOOT_P256, BOOT_P521, BOOT_P384 };

	for (unsigned i = 0; i < 3; i++) {
		X509 *certificate = boot_certificate_for(keys[i]);

		boot_store_add(&store, "fuzz.pem", certificate);
		X509_free(certificate);
	}
	diagnose_world_new(&world, STORAGE_SIZE);
}

/* After a successful subcode 2: the header adds up, and the entries do. */
static void check_block(uint64_t address, const struct vcb *asked)
{
	uint32_t length = sizeof(struct vcb);
	struct vcb vcb;

	memcpy(&vcb, world.bytes + address, sizeof(vcb));
	fuzz_check(be16_get(vcb.stored) <= store.count);
	fuzz_check(be32_get(vcb.output_length) <= be32_get(asked->input_length));
	for (unsigned i = 0; i < be16_get(vcb.stored); i++) {
		const struct vce *vce = (const struct vce *)(world.bytes + address + length);

		fuzz_check(be16_get(vce->index) >= 1 && be16_get(vce->index) <= store.count);
		fuzz_check(vce->flags == VCE_VALID ||
			   be32_get(vce->length) == VCE_INVALID_LENGTH);
		length += be32_get(vce->length);
	}
	fuzz_check(length == be32_get(vcb.output_length));
	fuzz_check(world.written == length);
}

static void check(const struct diagnose *call, struct diagnose_result result,
		  const struct vcb *asked)
{
	bool done = result.end == DIAGNOSE_ANSWERED && result.value == DIAG320_OK;

	fuzz_check(done || world.written == 0);
	if (!done)
		return;
	if (call->subcode == DIAG320_STORE)
		check_block(call->operand - LOGICAL_BASE, asked);
	else
		fuzz_check(world.written == (call->subcode ? sizeof(struct vcssb) : 4));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diag320_machine machine = { true, &store, clock_of_fuzz, NULL };
	struct feed feed = { .data = data, .left = size };
	struct diagnose call = { .r1 = 2 };
	uint8_t choice = feed_u8(&feed);
	uint8_t header[HEADER_MAX];
	struct vcb asked;

	if (!world.bytes)
		start();
	call.subcode = choice % 4;
	now = choice & 4 ? (int64_t)feed_u64(&feed) : store.certificates[0].not_after;
	call.operand = LOGICAL_BASE;
	call.operand += choice & 8 ? feed_u64(&feed) : feed_u16(&feed) & 0xf000U;
	world.read_only = choice & 16 ? feed_u16(&feed) & 0xf000U : NOTHING_READ_ONLY;
	feed_bytes(&feed, header, sizeof(header));
	memcpy(&asked, header, sizeof(asked));
	memset(world.bytes, WORLD_FILL, STORAGE_SIZE);
	if (call.operand - LOGICAL_BASE <= STORAGE_SIZE - sizeof(header))
		memcpy(world.bytes + (call.operand - LOGICAL_BASE), header, sizeof(header));
	world.written = 0;
	check(&call, diag320(&machine, &call, &world.storage), &asked);
	return 0;
}
