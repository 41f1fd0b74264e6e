/* SPDX-License-Identifier: MIT */
/* Add Secret: every rc, and the rules for extension secrets and CCK updates. */
#include "ultravisor_secrets.h"

#include "image/control_flags.h"

/* --- Refusals ------------ -------------------------------------------------- */

/* Everything is wrong at once; what is told is put right, and the next is told. */
static void checks_come_in_order(void **state)
{
	struct fixture *f = *state;
	struct configuration *c = configuration_lock(UV(f));
	struct world_asrcb request;
	struct asrcb_fixed *fixed;
	uint8_t *bytes;
	size_t size;

	configuration_unlock(f->world.uv, c);
	f->world.generation.add_secret_flags = 0;
	world_asrcb_prepare(&f->world, &f->image, &request);
	request.input.flags = ASRCB_DISABLE_DUMP;
	bytes = world_asrcb_build(&request, &size);
	fixed = (struct asrcb_fixed *)bytes;
	fixed->head.version = be32(0);
	fixed->head.size = be32(0x547);
	fixed->head.slot_count = 0;
	bytes[size - 1] ^= 1;
	c->secrets.locked = true;
	c->dumping = true;

	assert_seen(add_at(f, UINT64_MAX), 1, 0x0102);
	c->secrets.locked = false;
	assert_seen(add_at(f, UINT64_MAX), 1, 0x010d);
	c->dumping = false;
	assert_seen(add_at(f, UINT64_MAX), 1, 0x0103);
	assert_seen(add_bytes(f, bytes, size), 1, 0x0104);
	fixed->head.version = be32(0x100);
	assert_seen(add_bytes(f, bytes, size), 1, 0x0105);
	fixed->head.size = be32((uint32_t)size);
	assert_seen(add_bytes(f, bytes, size), 1, 0x0106);
	fixed->head.slot_count = 1;
	assert_seen(add_bytes(f, bytes, size), 1, 0x0107);
	f->world.generation.add_secret_flags = ASRCB_DISABLE_DUMP;
	assert_seen_reason(add_bytes(f, bytes, size), 1, 0x0108, UV_RRC_REQUEST_TAG);
	assert_false(status_of(f).dump_disabled);
	assert_counts(f, 0, 0, 0);
	bytes[size - 1] ^= 1;
	assert_seen(add_bytes(f, bytes, size), 0, 0x0001);
	assert_counts(f, 1, 0, 0);
	free(bytes);
	world_asrcb_free(&request);
}

/* The same for the checks behind the decryption. */
static void checks_of_the_content_come_in_order(void **state)
{
	struct fixture *f = *state;
	uint8_t other[EXTENSION_SECRET_SIZE] = { 1 }, cuid[ASRCB_CUID_SIZE] = { 1 };
	struct uv_status status = status_of(f);
	struct world_asrcb request;

	assert_seen(add_association(f, 1), 0, 0x0001);
	f->world.generation.max_association_secrets = 1;
	world_asrcb_prepare(&f->world, &f->image, &request);
	request.hosts[0] = f->world.foreign_host_key;
	request.tags.tag[15] ^= 1;
	request.input.cuid = cuid;
	world_asrcb_secret(&request, SECRET_ASSOCIATION, 31, 2);
	f->world.generation.secret_types &= ~MSB0(SECRET_ASSOCIATION);
	request.input.extension_secret = other;
	request.input.flags = ASRCB_DISABLE_DUMP;

	assert_seen_reason(add(f, &request), 1, 0x0108, UV_RRC_NO_MATCHING_SLOT);
	request.hosts[0] = f->world.host_key;
	assert_seen_reason(add(f, &request), 1, 0x010c, UV_RRC_OTHER_IMAGE);
	request.tags.tag[15] ^= 1;
	assert_seen_reason(add(f, &request), 1, 0x010c, UV_RRC_OTHER_CUID);
	memcpy(cuid, status.cuid, sizeof(cuid));
	assert_seen(add(f, &request), 1, 0x0109);
	f->world.generation.secret_types |= MSB0(SECRET_ASSOCIATION);
	assert_seen(add(f, &request), 1, 0x010a);
	world_asrcb_secret(&request, SECRET_ASSOCIATION, 32, 2);
	assert_seen_reason(add(f, &request), 1, 0x010c, UV_RRC_EXTENSION_SECRET);
	request.input.extension_secret = NULL;
	assert_seen(add(f, &request), 1, 0x010b);
	assert_counts(f, 1, 1, 0);
	assert_false(status_of(f).dump_disabled);
	f->world.generation.max_association_secrets = 2;
	assert_seen(add(f, &request), 0, 0x0001);
	assert_counts(f, 2, 2, 0);
	assert_true(status_of(f).dump_disabled);
	world_asrcb_free(&request);
}

static void each_part_of_the_image_counts(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(struct image_tags); i += 16) {
		struct world_asrcb request;

		world_asrcb_prepare(&f->world, &f->image, &request);
		((uint8_t *)&request.tags)[i] ^= 0x80;
		assert_seen_reason(add(f, &request), 1, 0x010c, UV_RRC_OTHER_IMAGE);
		world_asrcb_free(&request);
	}
	assert_counts(f, 0, 0, 0);
}

/* Whatever is changed behind the fixed part's head, the request is refused. */
static void changed_requests_are_refused(void **state)
{
	struct fixture *f = *state;
	struct world_asrcb request;
	uint8_t *bytes;
	size_t size;

	world_asrcb_prepare(&f->world, &f->image, &request);
	bytes = world_asrcb_build(&request, &size);
	for (size_t i = 0x38; i < size; i += i < 0x400 ? 29 : 3) {
		struct seen seen;

		bytes[i] ^= 2;
		seen = add_bytes(f, bytes, size);
		bytes[i] ^= 2;
		assert_int_equal(seen.cc, 1);
		assert_true(seen.rc == 0x0105 || seen.rc == 0x0108);
	}
	assert_counts(f, 0, 0, 0);
	assert_seen(add_bytes(f, bytes, size), 0, 0x0001);
	free(bytes);
	world_asrcb_free(&request);
}

static void form_of_requests(void **state)
{
	struct fixture *f = *state;
	struct world_asrcb request;
	struct asrcb_fixed *fixed;
	uint8_t *bytes;
	size_t size;

	world_asrcb_prepare(&f->world, &f->image, &request);
	bytes = world_asrcb_build(&request, &size);
	fixed = (struct asrcb_fixed *)bytes;
	memset(fixed->head.magic, 0, REQUEST_MAGIC_SIZE);
	assert_seen_reason(add_bytes(f, bytes, size), 1, 0x0104, UV_RRC_REQUEST_MAGIC);
	memcpy(fixed->head.magic, ASRCB_MAGIC, ASRCB_MAGIC_SIZE);
	fixed->head.slot_count = 2;
	assert_seen(add_bytes(f, bytes, size), 1, 0x0105);
	fixed->head.slot_count = 1;
	fixed->head.area_size = be32(31);
	assert_seen(add_bytes(f, bytes, size), 1, 0x0105);
	fixed->head.area_size = be32(32);
	fixed->head.size = be32(REQUEST_MAX_SIZE + 1);
	assert_seen(add_bytes(f, bytes, size), 1, 0x0105);
	/* Longer than the storage behind it. */
	fixed->head.size = be32(REQUEST_MAX_SIZE);
	assert_seen(add_bytes(f, bytes, size), 1, 0x0103);
	fixed->head.size = be32((uint32_t)size);
	f->world.generation.add_secret_versions = 0;
	assert_seen(add_bytes(f, bytes, size), 1, 0x0104);
	f->world.generation.add_secret_versions = MSB0(0);
	/* The fixed part is the last that can be read. */
	memcpy(f->world.storage + FIXTURE_STORAGE - sizeof(*fixed), bytes, sizeof(*fixed));
	assert_seen(add_at(f, FIXTURE_STORAGE - sizeof(*fixed)), 1, 0x0103);
	assert_seen(add_at(f, FIXTURE_STORAGE - sizeof(*fixed) + 1), 1, 0x0103);
	assert_counts(f, 0, 0, 0);
	assert_seen(add_bytes(f, bytes, size), 0, 0x0001);
	free(bytes);
	world_asrcb_free(&request);
}

static void types_and_lengths(void **state)
{
	static const struct {
		uint16_t type;
		size_t size;
		uint16_t rc;
	} cases[] = {
		{ SECRET_META, 16, 0x010a },	    { SECRET_ASSOCIATION, 0, 0x010a },
		{ SECRET_ASSOCIATION, 33, 0x010a }, { SECRET_PLAINTEXT, 0, 0x010a },
		{ SECRET_PLAINTEXT, 15, 0x010a },   { SECRET_PLAINTEXT, 17, 0x010a },
		{ SECRET_PLAINTEXT, 8208, 0x010a }, { SECRET_AES_128, 24, 0x010a },
		{ SECRET_HMAC_SHA_256, 128, 0x010a }, { SECRET_EC_P521, 66, 0x010a },
		{ SECRET_UPDATE_CCK, 31, 0x010a },
	};
	static const struct secret_kind unknown[] = {
		{ .type = 0x0000, .header_size = sizeof(struct secret_header) },
		{ .type = 0x000b, .header_size = sizeof(struct secret_header) },
		{ .type = 0x0010, .header_size = sizeof(struct secret_header) },
		{ .type = 0x0017, .header_size = sizeof(struct secret_header) },
		{ .type = 0x0040, .header_size = sizeof(struct secret_header) },
		{ .type = 0xffff, .header_size = sizeof(struct secret_header) },
	};
	struct fixture *f = *state;
	struct world_asrcb request;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_seen(add_type(f, cases[i].type, cases[i].size, i), 1, cases[i].rc);
	/* Not even by a machine that says that it takes them. */
	f->world.generation.secret_types = UINT64_MAX;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		world_asrcb_prepare(&f->world, &f->image, &request);
		request.secret.kind = &unknown[i];
		assert_seen(add(f, &request), 1, 0x0109);
		world_asrcb_free(&request);
	}
	assert_counts(f, 0, 0, 0);
}

static void bound_to_one_instance(void **state)
{
	struct fixture *f = *state;
	struct uv_status status = status_of(f);
	struct world_asrcb request;
	uint8_t *bytes;
	size_t size;

	world_asrcb_prepare(&f->world, &f->image, &request);
	request.input.cuid = status.cuid;
	bytes = world_asrcb_build(&request, &size);
	assert_seen(add_bytes(f, bytes, size), 0, 0x0001);
	world_renew(&f->world);
	assert_executed(world_boot(&f->world, &f->image));
	assert_seen_reason(add_bytes(f, bytes, size), 1, 0x010c, UV_RRC_OTHER_CUID);
	assert_counts(f, 0, 0, 0);
	free(bytes);
	world_asrcb_free(&request);
}

static void for_several_hosts(void **state)
{
	struct fixture *f = *state;
	struct world_asrcb request;

	world_asrcb_prepare(&f->world, &f->image, &request);
	request.hosts[0] = f->world.foreign_host_key;
	request.hosts[1] = f->world.backup_host_key;
	request.hosts[2] = f->world.foreign_host_key;
	request.input.hosts.count = 3;
	assert_seen(add(f, &request), 0, 0x0001);
	world_restart(&f->world, WITH_HOST_KEY);
	assert_executed(world_boot(&f->world, &f->image));
	assert_seen_reason(add(f, &request), 1, 0x0108, UV_RRC_NO_MATCHING_SLOT);
	world_asrcb_free(&request);
}

/* --- Extension secrets, CCK updates, dumps --------------------------------- */

static struct seen add_extended(struct fixture *f, const uint8_t *extension)
{
	struct world_asrcb request;
	struct seen seen;

	world_asrcb_prepare(&f->world, &f->image, &request);
	request.input.extension_secret = extension;
	seen = add(f, &request);
	world_asrcb_free(&request);
	return seen;
}

static void first_extension_secret_counts(void **state)
{
	struct fixture *f = *state;
	uint8_t one[EXTENSION_SECRET_SIZE] = { 1 }, two[EXTENSION_SECRET_SIZE] = { 2 };

	assert_seen(add_extended(f, one), 0, 0x0001);
	assert_seen_reason(add_extended(f, two), 1, 0x010c, UV_RRC_EXTENSION_SECRET);
	assert_seen_reason(add_extended(f, NULL), 1, 0x010c, UV_RRC_EXTENSION_SECRET);
	assert_seen(add_extended(f, one), 0, 0x0001);
	assert_counts(f, 2, 0, 0);
	world_renew(&f->world);
	assert_executed(world_boot(&f->world, &f->image));
	assert_seen(add_extended(f, two), 0, 0x0001);
}

/* A refused request decides nothing; none at all is a decision, too. */
static void no_extension_secret_is_one(void **state)
{
	struct fixture *f = *state;
	uint8_t one[EXTENSION_SECRET_SIZE] = { 1 };
	struct world_asrcb request;

	world_asrcb_prepare(&f->world, &f->image, &request);
	request.input.extension_secret = one;
	request.input.cuid = one;
	assert_seen_reason(add(f, &request), 1, 0x010c, UV_RRC_OTHER_CUID);
	world_asrcb_free(&request);
	assert_seen(add_extended(f, NULL), 0, 0x0001);
	assert_seen_reason(add_extended(f, one), 1, 0x010c, UV_RRC_EXTENSION_SECRET);
}

/* Starts the image with these secret control flags. */
static void boot_with_scf(struct fixture *f, uint64_t scf)
{
	f->image.area.scf = be64(scf);
	world_seal_header(&f->image);
	world_renew(&f->world);
	assert_executed(world_boot(&f->world, &f->image));
}

static struct secret *derived(const struct fixture *f, const uint8_t cck[CCK_SIZE])
{
	struct image_tags tags;
	struct secret *secret;
	struct error err;

	world_image_tags(&f->image, &tags);
	assert_ok(extension_secret_derive(&secret, cck, tags.tag, &err), &err);
	return secret;
}

static void image_may_demand_the_derived_one(void **state)
{
	struct fixture *f = *state;
	uint8_t other[EXTENSION_SECRET_SIZE] = { 1 };
	struct secret *right, *wrong;

	boot_with_scf(f, SCF_CCK_EXTENSION_SECRET);
	right = derived(f, f->image.area.cck);
	wrong = derived(f, other);
	assert_seen_reason(add_extended(f, NULL), 1, 0x010c, UV_RRC_CCK_EXTENSION);
	assert_seen_reason(add_extended(f, other), 1, 0x010c, UV_RRC_CCK_EXTENSION);
	assert_seen_reason(add_extended(f, secret_view(wrong)), 1, 0x010c,
			   UV_RRC_CCK_EXTENSION);
	assert_seen(add_extended(f, secret_view(right)), 0, 0x0001);
	assert_seen_reason(add_extended(f, other), 1, 0x010c, UV_RRC_EXTENSION_SECRET);
	secret_free(right);
	secret_free(wrong);
}

static struct seen update_cck(struct fixture *f, uint64_t seed, const uint8_t *extension)
{
	struct world_asrcb request;
	struct seen seen;

	world_asrcb_prepare(&f->world, &f->image, &request);
	world_asrcb_secret(&request, SECRET_UPDATE_CCK, CCK_SIZE, seed);
	memset(request.secret.id, 0, sizeof(request.secret.id));
	request.input.extension_secret = extension;
	seen = add(f, &request);
	world_asrcb_free(&request);
	return seen;
}

static bool has_cck(struct fixture *f, const uint8_t cck[CCK_SIZE])
{
	struct configuration *c = configuration_lock(UV(f));
	bool equal = memcmp(configuration_keys(c)->cck, cck, CCK_SIZE) == 0;

	configuration_unlock(f->world.uv, c);
	return equal;
}

static void cck_is_updated_where_allowed(void **state)
{
	struct fixture *f = *state;
	uint8_t cck[CCK_SIZE];

	assert_seen_reason(update_cck(f, 4, NULL), 1, 0x010c, UV_RRC_CCK_UPDATE);
	assert_true(has_cck(f, f->image.area.cck));
	boot_with_scf(f, SCF_CCK_UPDATE);
	assert_seen(update_cck(f, 4, NULL), 0, 0x0001);
	world_fill(cck, sizeof(cck), 5);
	assert_true(has_cck(f, cck));
	assert_counts(f, 1, 0, 0);
	assert_int_equal(list(f, 0, 0, 0x0001).count, 0);
	assert_seen(update_cck(f, 8, NULL), 0, 0x0001);
	world_fill(cck, sizeof(cck), 9);
	assert_true(has_cck(f, cck));
	f->world.generation.secret_types &= ~MSB0(SECRET_UPDATE_CCK);
	assert_seen(update_cck(f, 4, NULL), 1, 0x0109);
	assert_true(has_cck(f, cck));
}

/* The extension secret stays the one of the image's CCK. */
static void cck_update_keeps_the_extension_secret(void **state)
{
	struct fixture *f = *state;
	struct secret *first, *later;
	uint8_t cck[CCK_SIZE];

	boot_with_scf(f, SCF_CCK_EXTENSION_SECRET | SCF_CCK_UPDATE);
	world_fill(cck, sizeof(cck), 5);
	first = derived(f, f->image.area.cck);
	later = derived(f, cck);
	assert_seen(update_cck(f, 4, secret_view(first)), 0, 0x0001);
	assert_true(has_cck(f, cck));
	assert_seen(add_extended(f, secret_view(first)), 0, 0x0001);
	assert_seen_reason(add_extended(f, secret_view(later)), 1, 0x010c,
			   UV_RRC_EXTENSION_SECRET);
	secret_free(first);
	secret_free(later);
}

static void dump_is_disabled_for_this_instance(void **state)
{
	struct fixture *f = *state;
	struct world_asrcb request;

	world_asrcb_prepare(&f->world, &f->image, &request);
	assert_seen(add(f, &request), 0, 0x0001);
	assert_false(status_of(f).dump_disabled);
	request.input.flags = ASRCB_DISABLE_DUMP;
	assert_seen(add(f, &request), 0, 0x0001);
	assert_true(status_of(f).dump_disabled);
	request.input.flags = 0;
	assert_seen(add(f, &request), 0, 0x0001);
	assert_true(status_of(f).dump_disabled);
	request.input.flags = ASRCB_DISABLE_DUMP | MSB0(1);
	assert_seen(add(f, &request), 1, 0x0107);
	world_asrcb_free(&request);
	world_renew(&f->world);
	assert_executed(world_boot(&f->world, &f->image));
	assert_false(status_of(f).dump_disabled);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		while_running(checks_come_in_order),
		while_running(checks_of_the_content_come_in_order),
		while_running(each_part_of_the_image_counts),
		while_running(changed_requests_are_refused),
		while_running(form_of_requests),
		while_running(types_and_lengths),
		while_running(bound_to_one_instance),
		while_running(for_several_hosts),
		while_running(first_extension_secret_counts),
		while_running(no_extension_secret_is_one),
		while_running(image_may_demand_the_derived_one),
		while_running(cck_is_updated_where_allowed),
		while_running(cck_update_keeps_the_extension_secret),
		while_running(dump_is_disabled_for_this_instance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
