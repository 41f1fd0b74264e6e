/* SPDX-License-Identifier: MIT */
/* Unpack Image and Verify Image. */
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "ultravisor_fixture.h"

#define UV(f) (f)->world.uv, (f)->world.handle

static struct uv_status status_of(struct fixture *f)
{
	struct uv_status status;

	assert_true(uv_configuration_status(UV(f), &status));
	return status;
}

/* Storage loaded, header accepted. */
static void prepare(struct fixture *f)
{
	world_load(&f->world, &f->image);
	assert_executed(world_set_parameters(&f->world, &f->image));
}

static void unpack_and_fail(struct fixture *f, uint16_t rrc)
{
	uint64_t mask, address;

	assert_executed(world_unpack(&f->world, &f->image));
	assert_result(uv_verify(UV(f)), 0x0102, rrc);
	assert_int_equal(status_of(f).phase, UV_PHASE_FAILED);
	assert_false(uv_initial_psw(UV(f), &mask, &address));
}

static void start(void **state)
{
	struct fixture *f = *state;
	uint64_t mask, address;

	assert_false(uv_initial_psw(UV(f), &mask, &address));
	prepare(f);
	assert_executed(world_unpack(&f->world, &f->image));
	assert_int_equal(status_of(f).phase, UV_PHASE_UNPACKING);
	assert_true(status_of(f).pages_unpacked == 6);
	assert_false(uv_initial_psw(UV(f), &mask, &address));
	assert_executed(uv_verify(UV(f)));
	assert_int_equal(status_of(f).phase, UV_PHASE_VERIFIED);
	assert_string_equal(uv_phase_name(status_of(f).phase), "verified");
	assert_true(world_is_plain(&f->world, &f->image));
	assert_true(uv_initial_psw(UV(f), &mask, &address));
	assert_true(mask == 0x180000000 && address == 0x19000);
}

static void start_page_by_page(void **state)
{
	struct fixture *f = *state;

	prepare(f);
	for (size_t i = 0; i < f->image.component_count; i++) {
		struct world_component *c = &f->image.components[i];

		for (size_t at = 0; at < c->size; at += UV_PAGE_SIZE)
			assert_executed(uv_unpack(UV(f), c->address + at, c->prefix, at));
	}
	assert_executed(uv_verify(UV(f)));
	assert_true(world_is_plain(&f->world, &f->image));
}

static void start_without_encryption(void **state)
{
	struct fixture *f = *state;

	f->image.pcf |= PCF_NO_ENCRYPTION;
	world_seal(&f->image);
	assert_memory_equal(f->image.components[0].cipher, f->image.components[0].plain,
			    f->image.components[0].size);
	assert_executed(world_boot(&f->world, &f->image));
	assert_true(world_is_plain(&f->world, &f->image));
}

static void digests_bind_unencrypted_pages_too(void **state)
{
	struct fixture *f = *state;

	f->image.pcf |= PCF_NO_ENCRYPTION;
	world_seal(&f->image);
	f->image.components[1].cipher[100] ^= 1;
	prepare(f);
	unpack_and_fail(f, 0x001b);
}

/* Values computed by another program: two pages under SHA-512("vector xts key"). */
static void known_digests(void **state)
{
	static const char *const expected[] = {
		"ac898f6c9680672f3a059658001c46dea0bb7d2b9eefb16892f0558e50227399"
		"7c96af1ca01c940fd7bd7820456c9f1d5a8630174a16045f3307b87110a01676",
		"d0f1ec35799e6f8e1801ee80ec73659cbd34856ab991524232b14be076982115"
		"1a3ad52e6c78af6b5d2fb49e784ba135194d7a67e28ce26ac957b4569b1be000",
		"30895c23cd5b8bc91e33a99a968a4c81e8d9e2e46bb627f65a5849a87e98f984"
		"0fca6820273b1a7ded78cd4912eaab936260223b22e8771084a1374af4fc0b9a",
	};
	static const char start_of_page[] = "82de1c68b648eeac891efebf304be66b";
	struct fixture *f = *state;
	struct world_image *image = &f->image;
	struct error err;
	uint8_t bytes[SHA512_SIZE];

	for (size_t i = 0; i < image->component_count; i++) {
		free(image->components[i].plain);
		free(image->components[i].cipher);
	}
	image->component_count = 0;
	assert_ok(crypto_sha512(image->area.image_key, "vector xts key", 14, &err), &err);
	world_image_add(image, 0x10000, 0x2000, UINT64_C(0x1122334455667788));
	memset(image->components[0].plain, 'A', 0x1000);
	memset(image->components[0].plain + 0x1000, 'B', 0x1000);
	world_seal(image);
	assert_ok(hex_decode(bytes, 16, start_of_page, 32, &err), &err);
	assert_memory_equal(image->components[0].cipher, bytes, 16);
	assert_ok(hex_decode(bytes, 64, expected[0], 128, &err), &err);
	memcpy(image->digests.pld, bytes, 64);
	assert_ok(hex_decode(bytes, 64, expected[1], 128, &err), &err);
	memcpy(image->digests.ald, bytes, 64);
	assert_ok(hex_decode(bytes, 64, expected[2], 128, &err), &err);
	memcpy(image->digests.tld, bytes, 64);
	world_seal_header(image);
	assert_executed(world_boot(&f->world, image));
	assert_true(world_is_plain(&f->world, image));
}

/* --- Order and operands ---------------------------------------------------- */

static void wrong_order(void **state)
{
	struct fixture *f = *state;
	struct world_component *c = &f->image.components[0];

	world_load(&f->world, &f->image);
	assert_result(uv_verify(UV(f)), 0x0003, 0);
	assert_result(uv_unpack(UV(f), c->address, c->prefix, 0), 0x0003, 0);
	assert_result(world_unpack(&f->world, &f->image), 0x0003, 0);
	assert_executed(world_boot(&f->world, &f->image));
	assert_result(uv_verify(UV(f)), 0x0003, 0);
	assert_result(uv_unpack(UV(f), c->address, c->prefix, 0), 0x0003, 0);
	assert_result(world_unpack(&f->world, &f->image), 0x0003, 0);
	assert_true(world_is_plain(&f->world, &f->image));
}

static void failed_is_final(void **state)
{
	struct fixture *f = *state;
	struct world_component *c = &f->image.components[0];

	prepare(f);
	assert_result(uv_verify(UV(f)), 0x0102, 0x001d);
	assert_result(uv_verify(UV(f)), 0x0003, 0);
	assert_result(uv_unpack(UV(f), c->address, c->prefix, 0), 0x0003, 0);
	assert_result(world_set_parameters(&f->world, &f->image), 0x0003, 0);
	assert_executed(uv_configuration_destroy(UV(f)));
	assert_result(uv_verify(UV(f)), 0x0020, 0);
}

static void handles(void **state)
{
	struct fixture *f = *state;

	prepare(f);
	assert_result(uv_unpack(f->world.uv, f->world.handle + 1, 0x15000, 1, 0), 0x0020, 0);
	assert_result(uv_unpack_component(f->world.uv, f->world.handle ^ 1, 0x15000, 0x1000, 1),
		      0x0020, 0);
	assert_result(uv_verify(f->world.uv, 0), 0x0020, 0);
	assert_true(status_of(f).pages_unpacked == 0);
}

static void page_operands(void **state)
{
	struct fixture *f = *state;

	prepare(f);
	assert_result(uv_unpack(UV(f), 0x15001, 1, 0), 0x0101, 0);
	assert_result(uv_unpack(UV(f), 0x15800, 1, 0), 0x0101, 0);
	assert_result(uv_unpack(UV(f), FIXTURE_STORAGE, 1, 0), 0x010a, 0);
	assert_result(uv_unpack(UV(f), UINT64_MAX - 0xfff, 1, 0), 0x010a, 0);
	assert_true(status_of(f).pages_unpacked == 0);
}

static void component_operands(void **state)
{
	static const struct {
		uint64_t address, size;
		uint16_t rc;
	} cases[] = {
		{ 0x15000, 0, 0x0101 },
		{ 0x15000, 1, 0x0101 },
		{ 0x15000, 0x1800, 0x0101 },
		{ 0x15010, 0x1000, 0x0101 },
		{ 0x15000, UINT64_MAX, 0x0101 },
		{ 0x15000, FIXTURE_STORAGE, 0x010a },
		{ FIXTURE_STORAGE, 0x1000, 0x010a },
		{ 0x1000, UINT64_MAX - 0xfff, 0x010a },
		{ UINT64_MAX - 0xfff, 0x1000, 0x010a },
		{ UINT64_MAX - 0xfff, 0x2000, 0x010a },
	};
	struct fixture *f = *state;

	prepare(f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_result(uv_unpack_component(UV(f), cases[i].address,
						  cases[i].size, 1),
			      cases[i].rc, 0);
	assert_true(status_of(f).pages_unpacked == 0);
	assert_executed(world_unpack(&f->world, &f->image));
	assert_executed(uv_verify(UV(f)));
}

/* The page fault of a host: it maps the page and repeats the call. */
static void unmapped_page_leaves_digests_alone(void **state)
{
	struct fixture *f = *state;
	struct world_component *c = &f->image.components[0];

	prepare(f);
	f->world.unreadable = c->address;
	assert_result(uv_unpack(UV(f), c->address, c->prefix, 0), 0x010a, 0);
	f->world.unreadable = NOWHERE;
	f->world.unwritable = c->address;
	assert_result(uv_unpack(UV(f), c->address, c->prefix, 0), 0x010a, 0);
	f->world.unwritable = NOWHERE;
	assert_true(status_of(f).pages_unpacked == 0);
	assert_executed(world_unpack(&f->world, &f->image));
	assert_executed(uv_verify(UV(f)));
}

static void component_stops_at_unmapped_page(void **state)
{
	struct fixture *f = *state;
	struct world_component *c = &f->image.components[0];
	uint64_t hole = c->address + UV_PAGE_SIZE;

	for (int write = 0; write < 2; write++) {
		world_renew(&f->world);
		prepare(f);
		*(write ? &f->world.unwritable : &f->world.unreadable) = hole;
		assert_result(uv_unpack_component(UV(f), c->address, c->size, c->prefix),
			      0x010a, 0);
		f->world.unreadable = f->world.unwritable = NOWHERE;
		assert_true(status_of(f).pages_unpacked == 1);
		assert_memory_equal(f->world.storage + c->address, c->plain, UV_PAGE_SIZE);
		assert_memory_equal(f->world.storage + hole, c->cipher + UV_PAGE_SIZE,
				    UV_PAGE_SIZE);

		/* And goes on from there, page by page. */
		assert_executed(uv_unpack(UV(f), hole, c->prefix, 0x1000));
		assert_executed(uv_unpack(UV(f), hole + 0x1000, c->prefix, 0x2000));
		for (size_t i = 1; i < f->image.component_count; i++) {
			struct world_component *next = &f->image.components[i];

			assert_executed(uv_unpack_component(UV(f), next->address,
							    next->size, next->prefix));
		}
		assert_executed(uv_verify(UV(f)));
	}
}

/* --- What Verify finds ----------------------------------------------------- */

static void missing_page(void **state)
{
	struct fixture *f = *state;

	f->image.components[2].size -= UV_PAGE_SIZE;
	prepare(f);
	unpack_and_fail(f, 0x001d);
}

static void page_too_many(void **state)
{
	struct fixture *f = *state;

	prepare(f);
	assert_executed(uv_unpack(UV(f), 0x30000, 5, 0));
	unpack_and_fail(f, 0x001d);
}

static void wrong_page_count(void **state)
{
	struct fixture *f = *state;

	f->image.page_count++;
	world_seal_header(&f->image);
	prepare(f);
	unpack_and_fail(f, 0x001d);
}

static void wrong_address_list(void **state)
{
	struct fixture *f = *state;

	/* The same pages elsewhere. */
	f->image.components[2].address += 0x8000;
	prepare(f);
	unpack_and_fail(f, 0x001a);
}

static void swapped_pages(void **state)
{
	struct fixture *f = *state;
	uint8_t *pages = f->image.components[0].cipher, page[UV_PAGE_SIZE];

	memcpy(page, pages, sizeof(page));
	memcpy(pages, pages + UV_PAGE_SIZE, sizeof(page));
	memcpy(pages + UV_PAGE_SIZE, page, sizeof(page));
	prepare(f);
	unpack_and_fail(f, 0x001b);
}

static void swapped_components(void **state)
{
	struct fixture *f = *state;
	struct world_component first = f->image.components[0];

	f->image.components[0] = f->image.components[1];
	f->image.components[1] = first;
	prepare(f);
	unpack_and_fail(f, 0x001a);
}

static void page_unpacked_twice(void **state)
{
	struct fixture *f = *state;
	struct world_component *c = &f->image.components[2];

	c->size -= UV_PAGE_SIZE;
	prepare(f);
	assert_executed(world_unpack(&f->world, &f->image));
	assert_executed(uv_unpack(UV(f), c->address, c->prefix, 0));
	assert_result(uv_verify(UV(f)), 0x0102, 0x001a);
}

static void changed_tweak_prefix(void **state)
{
	struct fixture *f = *state;

	f->image.components[1].prefix ^= 1;
	prepare(f);
	unpack_and_fail(f, 0x001c);
}

static void changed_tweak_offset(void **state)
{
	struct fixture *f = *state;
	struct world_component *c = &f->image.components[2];

	prepare(f);
	c->size -= UV_PAGE_SIZE;
	assert_executed(world_unpack(&f->world, &f->image));
	assert_executed(uv_unpack(UV(f), c->address + 0x1000, c->prefix, 0x2000));
	assert_result(uv_verify(UV(f)), 0x0102, 0x001c);
}

static void every_digest_is_compared(void **state)
{
	static const struct {
		size_t offset;
		uint16_t rrc;
	} digests[] = { { 0x00, 0x001b }, { 0x40, 0x001a }, { 0x80, 0x001c } };
	struct fixture *f = *state;
	uint8_t *bytes = (uint8_t *)&f->image.digests;

	for (size_t d = 0; d < 3; d++) {
		for (size_t i = 0; i < SHA512_SIZE; i += 21) {
			bytes[digests[d].offset + i] ^= 0x80;
			world_seal_header(&f->image);
			world_renew(&f->world);
			prepare(f);
			unpack_and_fail(f, digests[d].rrc);
			bytes[digests[d].offset + i] ^= 0x80;
		}
	}
}

static void changed_pages_are_refused(void **state)
{
	struct fixture *f = *state;
	uint64_t seed = 1;

	for (unsigned i = 0; i < 500; i++) {
		struct world_component *c =
			&f->image.components[world_random(&seed) % f->image.component_count];
		uint8_t *byte = &c->cipher[world_random(&seed) % c->size];
		uint8_t change = (uint8_t)(1u << world_random(&seed) % 8);

		*byte ^= change;
		world_renew(&f->world);
		prepare(f);
		unpack_and_fail(f, 0x001b);
		*byte ^= change;
	}
	world_renew(&f->world);
	assert_executed(world_boot(&f->world, &f->image));
}

/* --- Storage that changes under the ultravisor ------------------------------ */

struct flicker {
	uint8_t *storage;
	unsigned reads;
};

/* A host that exchanges what it showed, as soon as it was read. */
static bool read_once(void *guest, uint64_t address, void *data, size_t size)
{
	struct flicker *flicker = guest;

	memcpy(data, flicker->storage + address, size);
	memset(flicker->storage + address, 0xee, size);
	flicker->reads++;
	return true;
}

static bool write_through(void *guest, uint64_t address, const void *data, size_t size)
{
	struct flicker *flicker = guest;

	memcpy(flicker->storage + address, data, size);
	return true;
}

static void each_page_is_read_once(void **state)
{
	struct fixture *f = *state;
	struct flicker flicker = { .storage = f->world.storage };
	struct uv_machine machine = { .generation = &f->world.generation,
				      .host_key = f->world.host_key };
	struct uv_callbacks callbacks = { .read = read_once, .write = write_through };
	struct error err;
	uint64_t handle;
	struct uv *uv;

	assert_ok(uv_new(&uv, &machine, &callbacks, &err), &err);
	for (int encrypted = 0; encrypted < 2; encrypted++) {
		f->image.pcf = encrypted ? PCF_DEFAULT : PCF_DEFAULT | PCF_NO_ENCRYPTION;
		world_seal(&f->image);
		world_load(&f->world, &f->image);
		flicker.reads = 0;
		assert_executed(uv_configuration_create(uv, FIXTURE_STORAGE, &flicker, &handle));
		assert_executed(uv_set_parameters(uv, handle, f->image.header,
						  f->image.header_size));
		for (size_t i = 0; i < f->image.component_count; i++) {
			struct world_component *c = &f->image.components[i];

			assert_executed(uv_unpack_component(uv, handle, c->address,
							    c->size, c->prefix));
		}
		assert_executed(uv_verify(uv, handle));
		assert_int_equal(flicker.reads, 3);
		assert_true(world_is_plain(&f->world, &f->image));
		assert_executed(uv_configuration_destroy(uv, handle));
	}
	uv_free(uv);
}

/* --- Components of many pieces ---------------------------------------------- */

#define LARGE_ADDRESS 0x100000
#define LARGE_SIZE ((size_t)5 * 1024 * 1024 + 3 * UV_PAGE_SIZE)
#define LARGE_PREFIX UINT64_C(0x0050000000000000)

/* More than the pieces that are in flight at once, and an odd rest. */
static int setup_large(void **state)
{
	struct fixture *f = test_malloc(sizeof(*f));

	world_start(&f->world, WITH_HOST_KEY, (size_t)8 * 1024 * 1024);
	world_image_make(&f->world, &f->image);
	world_image_add(&f->image, LARGE_ADDRESS, LARGE_SIZE, LARGE_PREFIX);
	world_seal(&f->image);
	*state = f;
	return 0;
}

static void large_component(void **state)
{
	struct fixture *f = *state;

	assert_executed(world_boot(&f->world, &f->image));
	assert_true(world_is_plain(&f->world, &f->image));
}

/* A hole deep inside a piece, while earlier pieces are still being digested. */
static void large_component_with_a_hole(void **state)
{
	struct fixture *f = *state;
	const uint64_t hole = 0x3a7000;

	prepare(f);
	f->world.unreadable = LARGE_ADDRESS + hole;
	assert_result(world_unpack(&f->world, &f->image), 0x010a, 0);
	assert_true(status_of(f).pages_unpacked == 6 + hole / UV_PAGE_SIZE);
	f->world.unreadable = NOWHERE;
	for (uint64_t at = hole; at < LARGE_SIZE; at += UV_PAGE_SIZE)
		assert_executed(uv_unpack(UV(f), LARGE_ADDRESS + at, LARGE_PREFIX, at));
	assert_executed(uv_verify(UV(f)));
	assert_true(world_is_plain(&f->world, &f->image));
}

#define with_large(test) \
	cmocka_unit_test_setup_teardown(test, setup_large, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_fixture(start),
		with_fixture(start_page_by_page),
		with_fixture(start_without_encryption),
		with_fixture(digests_bind_unencrypted_pages_too),
		with_fixture(known_digests),
		with_fixture(wrong_order),
		with_fixture(failed_is_final),
		with_fixture(handles),
		with_fixture(page_operands),
		with_fixture(component_operands),
		with_fixture(unmapped_page_leaves_digests_alone),
		with_fixture(component_stops_at_unmapped_page),
		with_fixture(missing_page),
		with_fixture(page_too_many),
		with_fixture(wrong_page_count),
		with_fixture(wrong_address_list),
		with_fixture(swapped_pages),
		with_fixture(swapped_components),
		with_fixture(page_unpacked_twice),
		with_fixture(changed_tweak_prefix),
		with_fixture(changed_tweak_offset),
		with_fixture(every_digest_is_compared),
		with_fixture(changed_pages_are_refused),
		with_fixture(each_page_is_read_once),
		with_large(large_component),
		with_large(large_component_with_a_hole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
