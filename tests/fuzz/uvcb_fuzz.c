/* SPDX-License-Identifier: MIT */
/*
 * Guest calls with arbitrary control blocks on a running guest, mixed with
 * what the hypervisor may do meanwhile. Storage accesses that the calls make
 * fail, or see other data each time, when the input says so.
 *
 * The input is a list of steps: one byte says which, and its operands follow.
 */
#include "ultravisor_fuzz.h"

#include <string.h>

#include "ultravisor/calls.h"
#include "ultravisor/uvcb.h"
#include "uv_world.h"

#define STORAGE 0x40000
#define MAX_STEPS 64

static struct uv_world world;
static struct world_image image;

/* The guest's address space as the calls see it. */
struct address_space {
	struct feed *feed;
	bool hostile;
};

static bool hostile_read(void *vcpu, uint64_t address, void *data, size_t size)
{
	struct address_space *space = vcpu;

	if (space->hostile && feed_u8(space->feed) % 4 == 0)
		return false;
	if (space->hostile) {
		feed_bytes(space->feed, data, size);
		return true;
	}
	if (size > STORAGE || address > STORAGE - size)
		return false;
	memcpy(data, world.storage + address, size);
	return true;
}

static bool hostile_write(void *vcpu, uint64_t address, const void *data, size_t size)
{
	struct address_space *space = vcpu;

	if (space->hostile && feed_u8(space->feed) % 4 == 0)
		return false;
	if (size > STORAGE || address > STORAGE - size)
		return false;
	memcpy(world.storage + address, data, size);
	return true;
}

/* Are the guest's keys in there? */
static bool holds_keys(const void *bytes, size_t size)
{
	return memmem(bytes, size, image.area.cck, CCK_SIZE) ||
	       memmem(bytes, size, image.area.image_key, XTS_KEY_SIZE);
}

/* @before is what the block held before the call: the fuzzer learns the keys. */
static void check_call(const uint8_t *block, const uint8_t *before, size_t size,
		       unsigned cc, size_t stored)
{
	const struct uvcb_header *header = (const struct uvcb_header *)block;
	uint16_t rc = be16_get(header->rc);

	fuzz_check(cc <= 2);
	fuzz_check(stored <= size);
	fuzz_check(cc != 2 || stored == 0);
	fuzz_check(cc == 2 || stored >= UVCB_HEADER_SIZE);
	fuzz_check((cc == 0) == (rc == UV_RC_EXECUTED && cc != 2));
	fuzz_check(cc != 1 || (rc != 0 && rc != UV_RC_INTERNAL));
	fuzz_check(!holds_keys(block, size) || holds_keys(before, size));
}

/* A block of the size that fits some call, or of any size. */
static void guest_call(struct feed *feed)
{
	static uint8_t buffer[UVCB_MAX_SIZE];
	size_t count = 0;
	uint8_t which = feed_u8(feed), shape = feed_u8(feed);
	struct address_space space = { .feed = feed, .hostile = shape & 1 };
	struct uv_access access = { hostile_read, hostile_write, &space };
	uint16_t code, size;
	size_t stored;
	unsigned cc;
	uint8_t *block;

	while (calls[count].name)
		count++;
	code = shape & 2 ? feed_u16(feed) : calls[which % count].code;
	size = calls[which % count].size;
	if (shape & 4 || size == 0)
		size = feed_u16(feed) % 0x400;
	if (size < UVCB_HEADER_SIZE)
		size = UVCB_HEADER_SIZE;
	feed_bytes(feed, buffer, size);
	/* Exactly as large as promised, so that a step beyond is noticed. */
	block = malloc(size);
	fuzz_check(block != NULL);
	memcpy(block, buffer, size);
	*(struct uvcb_header *)block =
		(struct uvcb_header){ .size = be16(size), .code = be16(code) };
	if (shape & 8)
		block[1] = feed_u8(feed);
	/* Addresses that lie in storage find more than random ones. */
	if (!(shape & 16) && size >= 0x28) {
		memset(block + 0x20, 0, 5);
		block[0x25] %= STORAGE >> 16;
		block[0x26] &= 0xf0;
		block[0x27] = 0;
	}
	memcpy(buffer, block, size);
	cc = uv_guest_call(world.uv, world.handle, block, size, &access, &stored);
	check_call(block, buffer, size, cc, stored);
	free(block);
}

/* The hypervisor takes pages away, and brings back right or wrong ones. */
static void transfer(struct feed *feed)
{
	static uint8_t taken[STORAGE / UV_PAGE_SIZE][UV_PAGE_SIZE];
	uint64_t address = (uint64_t)feed_u8(feed) * UV_PAGE_SIZE;
	uint8_t *page = taken[feed_u8(feed) % (STORAGE / UV_PAGE_SIZE)];

	if (feed_u8(feed) & 1)
		uv_page_export(world.uv, world.handle, address, page);
	else
		uv_page_import(world.uv, world.handle, address, page);
}

static void count_run(void *context, uint64_t address, uint64_t size)
{
	fuzz_check(size > 0 && size % UV_PAGE_SIZE == 0 && address + size <= STORAGE);
	*(uint64_t *)context += size / UV_PAGE_SIZE;
}

static void look_around(void)
{
	struct uv_status status;
	uint64_t shared = 0;

	fuzz_check(uv_configuration_status(world.uv, world.handle, &status));
	fuzz_check(status.phase == UV_PHASE_VERIFIED);
	uv_for_each_shared(world.uv, world.handle, count_run, &shared);
	fuzz_check(shared == status.pages_shared);
}

static void step(struct feed *feed)
{
	switch (feed_u8(feed) % 8) {
	case 0:
		uv_unshare_all(world.uv, world.handle);
		fuzz_check(uv_ok(uv_prepare_reset(world.uv, world.handle)));
		break;
	case 1:
	case 2:
		transfer(feed);
		break;
	case 3:
		look_around();
		break;
	default:
		guest_call(feed);
	}
}

/* A running guest without shared or exported pages; the last one when it will do. */
static void start(void)
{
	struct uv_status status;

	if (!world.uv) {
		world_start(&world, WITH_BACKUP_KEY, STORAGE);
		world_image_make(&world, &image);
	}
	text_free(&world.trace);
	uv_unshare_all(world.uv, world.handle);
	fuzz_check(uv_configuration_status(world.uv, world.handle, &status));
	if (status.phase == UV_PHASE_VERIFIED && status.pages_exported == 0)
		return;
	world_renew(&world);
	fuzz_check(uv_ok(world_boot(&world, &image)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed feed = { .data = data, .left = size };

	start();
	for (unsigned i = 0; i < MAX_STEPS && feed.left > 0; i++)
		step(&feed);
	look_around();
	return 0;
}
