/* SPDX-License-Identifier: MIT */
/* Set Secure Configuration Parameters: every way to be accepted and refused. */
#include <string.h>

#include "base/hex.h"
#include "ultravisor_fixture.h"

#define assert_refused(f, rc, rrc) \
	assert_result(world_set_parameters(&(f)->world, &(f)->image), rc, rrc)

static void put_fixed(struct fixture *f, size_t offset, const void *data, size_t size)
{
	memcpy(f->image.header + offset, data, size);
}

static void good_header_is_accepted(void **state)
{
	struct fixture *f = *state;
	struct uv_status status;
	uint8_t phkh[PHKH_SIZE];

	f->image.area.scf = be64(SCF_CCK_EXTENSION_SECRET);
	world_seal_header(&f->image);
	assert_executed(world_set_parameters(&f->world, &f->image));
	assert_true(uv_configuration_status(f->world.uv, f->world.handle, &status));
	assert_int_equal(status.phase, UV_PHASE_PARAMETERS_SET);
	assert_true(status.pcf == PCF_DEFAULT);
	assert_true(status.scf == SCF_CCK_EXTENSION_SECRET);
	assert_true(status.pages_expected == 6 && status.pages_unpacked == 0);
	assert_memory_equal(status.header_tag,
			    f->image.header + f->image.header_size - 16, 16);
	assert_ok(ec_phkh(phkh, f->world.host_key, NULL), &(struct error){ 0 });
	assert_memory_equal(status.phkh, phkh, sizeof(phkh));
	assert_false(status.backup_host_key);
}

static void handle_has_to_be_valid(void **state)
{
	struct fixture *f = *state;
	uint64_t handle = f->world.handle;

	for (unsigned bit = 0; bit < 64; bit++) {
		f->world.handle = handle ^ UINT64_C(1) << bit;
		assert_refused(f, 0x0020, 0);
	}
	f->world.handle = handle + 1;
	assert_refused(f, 0x0020, 0);
	f->world.handle = 0;
	assert_refused(f, 0x0020, 0);
	f->world.handle = handle;
	assert_executed(world_set_parameters(&f->world, &f->image));
}

static void it_comes_once(void **state)
{
	struct fixture *f = *state;

	assert_executed(world_set_parameters(&f->world, &f->image));
	assert_refused(f, 0x0003, 0);
	world_load(&f->world, &f->image);
	assert_executed(world_unpack(&f->world, &f->image));
	assert_refused(f, 0x0003, 0);
	assert_executed(uv_verify(f->world.uv, f->world.handle));
	assert_refused(f, 0x0003, 0);
}

static void refused_header_may_be_followed_by_a_good_one(void **state)
{
	struct fixture *f = *state;

	f->image.header[0x38] ^= 1;
	assert_refused(f, 0x0106, 0x0030);
	f->image.header[0x38] ^= 1;
	assert_executed(world_boot(&f->world, &f->image));
}

static void magic_and_version(void **state)
{
	struct fixture *f = *state;

	f->image.header[7] ^= 1;
	assert_refused(f, 0x0104, 0x0f00);
	f->image.header[7] ^= 1;
	put_fixed(f, 0x08, &(be32_t){ { 0, 0, 2, 0 } }, 4);
	assert_refused(f, 0x0104, 0x0001);
}

static void version_of_another_generation(void **state)
{
	struct fixture *f = *state;

	f->world.generation.header_versions = MSB0(1);
	assert_refused(f, 0x0104, 0x0001);
}

static void sizes(void **state)
{
	struct fixture *f = *state;
	be64_t area = be64(0x90), none = be64(0), many = be64(UINT64_MAX);
	be64_t slots = be64(2);

	put_fixed(f, 0x28, &area, 8);
	assert_refused(f, 0x010a, 0x0039);
	area = be64(0x80);
	put_fixed(f, 0x28, &area, 8);

	put_fixed(f, 0x20, &none, 8);
	assert_refused(f, 0x010a, 0x0040);
	put_fixed(f, 0x20, &many, 8);
	assert_refused(f, 0x010a, 0x0031);
	put_fixed(f, 0x20, &slots, 8);

	f->image.header[0x0f] ^= 0x10;
	assert_refused(f, 0x010a, 0x0031);
}

static void passed_length(void **state)
{
	struct fixture *f = *state;
	struct uv_world *w = &f->world;

	for (size_t size = 0; size < f->image.header_size; size++)
		assert_result(uv_set_parameters(w->uv, w->handle, f->image.header, size),
			      0x010a, 0x0031);
	assert_result(uv_set_parameters(w->uv, w->handle, f->image.header,
					f->image.header_size + 1),
		      0x010a, 0x0031);
}

static void plaintext_flags_of_the_generation(void **state)
{
	struct fixture *f = *state;

	for (unsigned bit = 0; bit < 64; bit++) {
		if (PCF_KNOWN & MSB0(bit))
			continue;
		f->image.pcf = PCF_DEFAULT | MSB0(bit);
		world_seal_header(&f->image);
		assert_refused(f, 0x0106, 0x0030);
	}
	f->world.generation.pcf = PCF_KNOWN & ~PCF_ALLOW_DUMP;
	f->image.pcf = PCF_DEFAULT | PCF_ALLOW_DUMP;
	world_seal_header(&f->image);
	assert_refused(f, 0x0106, 0x0030);
	f->world.generation.pcf = PCF_KNOWN;
	assert_executed(world_set_parameters(&f->world, &f->image));
}

static void secret_flags_of_the_generation(void **state)
{
	struct fixture *f = *state;

	for (unsigned bit = 0; bit < 64; bit += 7) {
		f->image.area.scf = be64(MSB0(bit) | MSB0(63));
		world_seal_header(&f->image);
		assert_refused(f, 0x0109, 0x0000);
	}
	f->world.generation.scf = SCF_CCK_EXTENSION_SECRET;
	f->image.area.scf = be64(SCF_CCK_UPDATE);
	world_seal_header(&f->image);
	assert_refused(f, 0x0109, 0x0000);
	f->world.generation.scf = SCF_KNOWN;
	assert_executed(world_set_parameters(&f->world, &f->image));
}

static void header_for_another_machine(void **state)
{
	struct fixture *f = *state;

	f->image.host_key_count = 1; /* the foreign one */
	world_seal_header(&f->image);
	assert_refused(f, 0x0108, 0x0005);
}

static void machine_without_host_key(void **state)
{
	struct fixture *f = *state;

	world_restart(&f->world, WITHOUT_KEYS);
	assert_refused(f, 0x0108, 0x0005);
}

static void backup_host_key_needs_permission(void **state)
{
	struct fixture *f = *state;
	struct uv_status status;
	uint8_t phkh[PHKH_SIZE];

	f->image.host_keys[1] = f->world.backup_host_key;
	world_seal_header(&f->image);
	assert_refused(f, 0x0108, 0x0034);

	f->image.pcf |= PCF_BACKUP_KEYS;
	world_seal_header(&f->image);
	assert_executed(world_set_parameters(&f->world, &f->image));
	assert_true(uv_configuration_status(f->world.uv, f->world.handle, &status));
	assert_true(status.backup_host_key);
	assert_ok(ec_phkh(phkh, f->world.backup_host_key, NULL), &(struct error){ 0 });
	assert_memory_equal(status.phkh, phkh, sizeof(phkh));

	world_restart(&f->world, WITH_HOST_KEY);
	assert_refused(f, 0x0108, 0x0005);
}

/* With both slots the host key goes first, whatever the flag and the order. */
static void host_key_goes_before_the_backup(void **state)
{
	struct fixture *f = *state;
	struct uv_status status;

	f->image.host_keys[0] = f->world.backup_host_key;
	world_seal_header(&f->image);
	assert_executed(world_set_parameters(&f->world, &f->image));
	assert_true(uv_configuration_status(f->world.uv, f->world.handle, &status));
	assert_false(status.backup_host_key);
}

static void customer_key_off_the_curve(void **state)
{
	struct fixture *f = *state;

	f->image.header[0x8f] ^= 1;
	assert_refused(f, 0x0108, 0x000b);
	f->image.header[0x8f] ^= 1;
	memset(f->image.header + 0x40, 0, EC_COORD_SIZE);
	assert_refused(f, 0x0108, 0x000b);
}

static void slot_that_does_not_open(void **state)
{
	struct fixture *f = *state;
	size_t slot = sizeof(struct se_header_fixed) + sizeof(struct key_slot);

	f->image.header[slot + 0x20] ^= 1;
	assert_refused(f, 0x0108, 0x0f01);
}

static void header_tag(void **state)
{
	struct fixture *f = *state;

	f->image.header[f->image.header_size - 1] ^= 1;
	assert_refused(f, 0x010a, 0x0f02);
}

static void optional_items(void **state)
{
	struct fixture *f = *state;

	f->image.area.optional_items = be32(1);
	world_seal_header(&f->image);
	assert_refused(f, 0x010a, 0x0f03);
}

static void image_key_with_equal_halves(void **state)
{
	struct fixture *f = *state;

	memcpy(f->image.area.image_key + 32, f->image.area.image_key, 32);
	world_seal_header(&f->image);
	assert_refused(f, 0x010a, 0x0f04);

	/* Nobody uses it when the components are not encrypted. */
	f->image.pcf |= PCF_NO_ENCRYPTION;
	world_seal_header(&f->image);
	assert_executed(world_set_parameters(&f->world, &f->image));
}

static void every_changed_byte_is_refused(void **state)
{
	struct fixture *f = *state;
	uint64_t seed = 42;

	for (size_t i = 0; i < f->image.header_size; i++) {
		uint8_t change = (uint8_t)(1u << world_random(&seed) % 8);
		struct uv_result result;

		f->image.header[i] ^= change;
		result = world_set_parameters(&f->world, &f->image);
		if (uv_ok(result))
			fail_msg("accepted with byte 0x%zx changed by 0x%02x", i, change);
		assert_int_not_equal(result.rc, UV_RC_INTERNAL);
		f->image.header[i] ^= change;
	}
	assert_executed(world_set_parameters(&f->world, &f->image));
}

static void largest_header(void **state)
{
	struct fixture *f = *state;
	EVP_PKEY *keys[SE_HEADER_MAX_SLOTS];
	uint8_t header[SE_HEADER_MAX_SIZE];
	struct se_header_input input = {
		.host_keys = keys,
		.host_key_count = SE_HEADER_MAX_SLOTS,
		.customer_key = f->image.customer_key,
		.header_key = f->image.header_key,
		.iv = f->image.iv,
		.area = &f->image.area,
		.digests = &f->image.digests,
		.page_count = f->image.page_count,
		.pcf = f->image.pcf,
	};
	struct error err;

	for (size_t i = 0; i < SE_HEADER_MAX_SLOTS; i++)
		keys[i] = f->world.foreign_host_key;
	keys[SE_HEADER_MAX_SLOTS - 1] = f->world.host_key;
	assert_ok(se_header_build(header, &input, &err), &err);
	assert_executed(uv_set_parameters(f->world.uv, f->world.handle, header,
					  se_header_size(SE_HEADER_MAX_SLOTS)));
}

/* A whole header with all its inputs, computed by another program. */
static void known_header(void **state)
{
	static const char host[] =
		"00b0b596710d388060a51eec12621046d568f053ca7c408e26a2da1d9f92903942a7"
		"ead49fea3f74dcd4df1e78d33d1d606e339fa026327671e05b9cb542f9991c90";
	static const char customer[] =
		"01edf10376d038c4e40d21f559a6de4679499782084e1cbdf95794d42edfd7458053"
		"1c1c6abd76ec6a8ceeba39a0c28ae858867fb48793fbfe3f9f822346dca09896";
	static const char pld[] =
		"96cc91ebbd311921df8d461030485269cb9db0bcc455081e3fcb1f17976e741a"
		"fc475098f4669f64f236907be98e37a310386af7277f62f80ede5943da319257";
	static const char sha256[] =
		"cf8b97e9a667955ace7885337f0b71507540aec4bc2705594308bd24a493f3a5";
	struct fixture *f = *state;
	struct world_image image = { .pcf = UINT64_C(0x200000e0) };
	uint8_t scalar[EC_SCALAR_SIZE], digest[SHA512_SIZE], expected[SHA512_SIZE];
	uint64_t mask, address;
	struct error err;

	EVP_PKEY_free(f->world.host_key);
	assert_ok(hex_decode(scalar, sizeof(scalar), host, strlen(host), &err), &err);
	assert_ok(ec_from_scalar(&f->world.host_key, scalar, &err), &err);
	assert_ok(hex_decode(scalar, sizeof(scalar), customer, strlen(customer), &err), &err);
	assert_ok(ec_from_scalar(&image.customer_key, scalar, &err), &err);
	for (unsigned i = 0; i < 32; i++) {
		image.header_key[i] = (uint8_t)i;
		image.area.cck[i] = (uint8_t)(0x20 + i);
		image.area.image_key[i] = (uint8_t)(0x40 + i);
		image.area.image_key[32 + i] = (uint8_t)(0x60 + i);
	}
	for (unsigned i = 0; i < sizeof(image.iv); i++)
		image.iv[i] = (uint8_t)(0x80 + i);
	image.area.psw_mask = be64(0x180000000);
	image.area.psw_address = be64(0x17000);
	image.area.scf = be64(SCF_CCK_UPDATE);
	image.host_keys[image.host_key_count++] = f->world.host_key;
	world_image_add(&image, 0x15000, 0x2000, UINT64_C(0x0028010203040506));
	memset(image.components[0].plain, 0, 0x2000);
	memset(image.components[0].plain, 'A', 5000);
	world_image_add(&image, 0x17000, 0x1000, UINT64_C(0x0046111213141516));
	memset(image.components[1].plain, 0, 0x1000);
	memcpy(image.components[1].plain, "stage3b", 7);
	world_seal(&image);
	assert_ok(hex_decode(expected, sizeof(expected), pld, strlen(pld), &err), &err);
	assert_memory_equal(image.digests.pld, expected, sizeof(expected));
	assert_ok(crypto_sha256(digest, image.header, image.header_size, &err), &err);
	assert_ok(hex_decode(expected, SHA256_SIZE, sha256, strlen(sha256), &err), &err);
	assert_memory_equal(digest, expected, SHA256_SIZE);

	world_restart(&f->world, WITH_HOST_KEY);
	assert_executed(world_boot(&f->world, &image));
	assert_true(world_is_plain(&f->world, &image));
	assert_true(uv_initial_psw(f->world.uv, f->world.handle, &mask, &address));
	assert_true(mask == 0x180000000 && address == 0x17000);
	world_image_free(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_fixture(good_header_is_accepted),
		with_fixture(handle_has_to_be_valid),
		with_fixture(it_comes_once),
		with_fixture(refused_header_may_be_followed_by_a_good_one),
		with_fixture(magic_and_version),
		with_fixture(version_of_another_generation),
		with_fixture(sizes),
		with_fixture(passed_length),
		with_fixture(plaintext_flags_of_the_generation),
		with_fixture(secret_flags_of_the_generation),
		with_fixture(header_for_another_machine),
		with_fixture(machine_without_host_key),
		with_fixture(backup_host_key_needs_permission),
		with_fixture(host_key_goes_before_the_backup),
		with_fixture(customer_key_off_the_curve),
		with_fixture(slot_that_does_not_open),
		with_fixture(header_tag),
		with_fixture(optional_items),
		with_fixture(image_key_with_equal_halves),
		with_fixture(every_changed_byte_is_refused),
		with_fixture(largest_header),
		with_fixture(known_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
