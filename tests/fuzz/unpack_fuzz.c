/* SPDX-License-Identifier: MIT */
/*
 * Any sequence of unpack and verify calls, over storage that changes in
 * between. A model keeps account of what was unpacked; verification has to
 * succeed exactly when that is the image, page for page.
 */
#include "ultravisor_fuzz.h"

#include <string.h>

#include "uv_world.h"

#define STORAGE 0x40000
#define MAX_STEPS 64
#define IMAGE_PAGES 6

static struct uv_world world;
static struct world_image image;

/* The pages of the image in order, and how far the calls followed it. */
struct model {
	uint64_t followed; /* pages unpacked as the image has them */
	bool strayed;      /* some page was not as the image has it */
	bool ended;        /* verified, or failed */
	bool overwritten;  /* storage was written to by somebody else */
};

/* The image's page number @n. */
static const struct world_component *page_of_image(uint64_t n, size_t *offset)
{
	for (size_t i = 0; i < image.component_count; i++) {
		const struct world_component *c = &image.components[i];

		if (n < c->size / UV_PAGE_SIZE) {
			*offset = (size_t)n * UV_PAGE_SIZE;
			return c;
		}
		n -= c->size / UV_PAGE_SIZE;
	}
	return NULL;
}

/* Accounts for a page that is unpacked now, with the content that it has now. */
static void follow(struct model *model, uint64_t address, uint64_t prefix,
		   uint64_t offset, const uint8_t *content)
{
	size_t at = 0;
	const struct world_component *c = page_of_image(model->followed++, &at);

	if (!c || address != c->address + at || prefix != c->prefix || offset != at ||
	    memcmp(content, c->cipher + at, UV_PAGE_SIZE) != 0)
		model->strayed = true;
}

static void unpack_page(struct feed *feed, struct model *model)
{
	size_t offset = 0;
	const struct world_component *c =
		page_of_image(feed_u8(feed) % IMAGE_PAGES, &offset);
	uint8_t twist = feed_u8(feed);
	uint64_t address = c->address + offset, prefix = c->prefix;
	uint8_t content[UV_PAGE_SIZE] = { 0 };
	struct uv_result result;

	if (twist & 1)
		address = feed_u64(feed);
	if (twist & 2)
		prefix ^= feed_u8(feed);
	if (twist & 4)
		offset = feed_u16(feed);
	if (address <= STORAGE - UV_PAGE_SIZE)
		memcpy(content, world.storage + address, UV_PAGE_SIZE);
	result = uv_unpack(world.uv, world.handle, address, prefix, offset);
	fuzz_check(result.rc != UV_RC_INTERNAL);
	if (uv_ok(result))
		follow(model, address, prefix, offset, content);
}

static uint64_t unpacked(void)
{
	struct uv_status status;

	fuzz_check(uv_configuration_status(world.uv, world.handle, &status));
	return status.pages_unpacked;
}

static void unpack_component(struct feed *feed, struct model *model)
{
	const struct world_component *c =
		&image.components[feed_u8(feed) % image.component_count];
	uint8_t twist = feed_u8(feed);
	uint64_t address = c->address, size = c->size, before = unpacked();
	static uint8_t content[STORAGE];
	struct uv_result result;

	if (twist & 1)
		address = feed_u64(feed);
	if (twist & 2)
		size = feed_u64(feed);
	if (twist & 4)
		size = (uint64_t)feed_u8(feed) * UV_PAGE_SIZE;
	memcpy(content, world.storage, STORAGE);
	result = uv_unpack_component(world.uv, world.handle, address, size, c->prefix);
	fuzz_check(result.rc != UV_RC_INTERNAL);
	fuzz_check(unpacked() - before <= size / UV_PAGE_SIZE);
	fuzz_check(!uv_ok(result) || unpacked() - before == size / UV_PAGE_SIZE);
	for (uint64_t i = 0; i < unpacked() - before; i++)
		follow(model, address + i * UV_PAGE_SIZE, c->prefix,
		       i * UV_PAGE_SIZE, content + address + i * UV_PAGE_SIZE);
}

static void verify(struct model *model)
{
	struct uv_result result = uv_verify(world.uv, world.handle);
	uint64_t mask, address;
	bool right = !model->ended && !model->strayed && model->followed == IMAGE_PAGES;

	fuzz_check(uv_ok(result) == right);
	if (right) {
		fuzz_check(model->overwritten || world_is_plain(&world, &image));
		fuzz_check(uv_initial_psw(world.uv, world.handle, &mask, &address));
	}
	model->ended = true;
}

/* Things that happen to storage: a page is not there, or is written to. */
static void disturb(struct feed *feed, struct model *model)
{
	uint8_t how = feed_u8(feed);
	uint64_t page = (uint64_t)(0x15 + feed_u8(feed) % IMAGE_PAGES) * UV_PAGE_SIZE;

	model->overwritten |= (how & 12) != 0;
	world.unreadable = how & 1 ? page : NOWHERE;
	world.unwritable = how & 2 ? page : NOWHERE;
	if (how & 4)
		world.storage[page + feed_u16(feed) % UV_PAGE_SIZE] ^= feed_u8(feed);
	if (how & 8)
		world_load(&world, &image);
}

static void step(struct feed *feed, struct model *model)
{
	switch (feed_u8(feed) % 8) {
	case 0:
		disturb(feed, model);
		break;
	case 1:
		verify(model);
		break;
	case 2:
	case 3:
	case 4:
		unpack_page(feed, model);
		break;
	default:
		unpack_component(feed, model);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed feed = { .data = data, .left = size };
	struct model model = { 0 };

	if (!world.uv) {
		world_start(&world, WITH_HOST_KEY, STORAGE);
		world_image_make(&world, &image);
	}
	text_free(&world.trace);
	world_renew(&world);
	world.unreadable = world.unwritable = NOWHERE;
	world_load(&world, &image);
	fuzz_check(uv_ok(world_set_parameters(&world, &image)));
	for (unsigned i = 0; i < MAX_STEPS && feed.left > 0; i++)
		step(&feed, &model);
	verify(&model);
	return 0;
}
