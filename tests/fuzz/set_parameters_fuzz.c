/* SPDX-License-Identifier: MIT */
/*
 * Headers that are wrong in their content and right in their cryptography: the
 * fields come from the input, and then the header is sealed again; further
 * changes, which nobody may notice too late, are made behind that.
 *
 * What is accepted has to be what was sealed, and within the generation.
 */
#include "ultravisor_fuzz.h"

#include <string.h>

#include "uv_world.h"

static struct uv_world world;
static struct world_image image;

/* Overwrites up to @count bytes at places that the input names. */
static void patch(struct feed *feed, uint8_t *bytes, size_t size, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		size_t at = feed_u16(feed) % size;

		bytes[at] = feed_u8(feed);
	}
}

/* Makes header and area from the input; the tag fits in the end. */
static void make_header(struct feed *feed)
{
	struct se_header_area area;
	struct se_header_fixed *fixed = (struct se_header_fixed *)image.header;
	size_t aad;
	uint8_t choice = feed_u8(feed);

	image.pcf = choice & 1 ? feed_u64(feed) : feed_u8(feed);
	image.area.scf = be64(choice & 2 ? feed_u64(feed) : 0);
	image.area.optional_items = be32(choice & 4 ? feed_u8(feed) : 0);
	image.area.psw_address = be64(feed_u64(feed));
	image.page_count = feed_u64(feed);
	image.host_keys[0] = choice & 8 ? world.backup_host_key : world.foreign_host_key;
	image.host_keys[1] = choice & 16 ? world.foreign_host_key : world.host_key;
	image.host_key_count = 1 + (choice >> 5) % 2;
	world_seal_header(&image);

	aad = image.header_size - sizeof(area) - GCM_TAG_SIZE;
	area = image.area;
	patch(feed, image.header, aad, feed_u8(feed) % 8);
	patch(feed, (uint8_t *)&area, sizeof(area), feed_u8(feed) % 8);
	fuzz_check(gcm_seal(image.header_key, fixed->iv, image.header, aad, &area,
			    image.header + aad, sizeof(area),
			    image.header + image.header_size - GCM_TAG_SIZE,
			    NULL) == 0);
}

static void check_accepted(void)
{
	const struct se_header_fixed *fixed = (const struct se_header_fixed *)image.header;
	struct uv_status status;

	fuzz_check(uv_configuration_status(world.uv, world.handle, &status));
	fuzz_check(status.phase == UV_PHASE_PARAMETERS_SET);
	fuzz_check((status.pcf & ~world.generation.pcf) == 0);
	fuzz_check((status.scf & ~world.generation.scf) == 0);
	fuzz_check(status.pcf == be64_get(fixed->pcf));
	fuzz_check(status.pages_expected == be64_get(fixed->page_count));
	fuzz_check(!status.backup_host_key || status.pcf & PCF_BACKUP_KEYS);
	fuzz_check(uv_set_parameters(world.uv, world.handle, image.header,
				     image.header_size).rc == UV_RC_INVALID_STATE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed feed = { .data = data, .left = size };
	uint8_t sealed[SE_HEADER_MAX_SIZE], *header;
	struct uv_result result;
	size_t passed;

	if (!world.uv) {
		world_start(&world, WITH_BACKUP_KEY, 0x40000);
		world_image_make(&world, &image);
	}
	text_free(&world.trace);
	world_renew(&world);
	make_header(&feed);
	memcpy(sealed, image.header, image.header_size);
	patch(&feed, image.header, image.header_size, feed_u8(&feed) % 4);
	passed = feed_u8(&feed) & 1 ? feed_u16(&feed) % (SE_HEADER_MAX_SIZE + 1) :
				      image.header_size;
	header = malloc(passed + 1);
	fuzz_check(header != NULL);
	memcpy(header, image.header, passed);
	result = uv_set_parameters(world.uv, world.handle, header, passed);
	free(header);
	fuzz_check(result.rc != UV_RC_INTERNAL);
	if (uv_ok(result)) {
		fuzz_check(memcmp(sealed, image.header, image.header_size) == 0);
		check_accepted();
	}
	return 0;
}
