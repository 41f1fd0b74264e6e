/* SPDX-License-Identifier: MIT */
/*
 * The published vectors of secrets and attestation, from the side of the
 * ultravisor: it executes the six add-secret requests and answers the
 * attestation request about them. See docs/reference/secrets.md and
 * docs/reference/attestation.md, "Test vectors".
 */
#include "ultravisor_seen.h"

#include "attestation_fixture.h"
#include "image/control_flags.h"
#include "image_fixture.h"
#include "secret_fixture.h"

#define REQUEST_AT 0x20000
#define MEASUREMENT_AT 0x30000
#define ADDITIONAL_AT 0x31000
#define BUFFER_AT 0x32000

struct vectors {
	struct fixture *f;        /* a guest whose machine, image and CUID are the vectors' */
	struct vector *attestation;
	struct secret_fixture *secrets;
	struct configuration *c;
};

/* Makes the running guest the one that the vectors speak of. */
static void pretend(struct vectors *v)
{
	struct configuration *c = configuration_lock(UV(v->f));

	c->image.tags = v->attestation->image;
	c->image.scf = SCF_CCK_UPDATE;
	memcpy(c->cuid, v->attestation->cuid, sizeof(c->cuid));
	memcpy(configuration_keys(c)->cck, v->secrets->cck, CCK_SIZE);
	configuration_unlock(v->f->world.uv, c);
	v->c = c;
}

static int setup(void **state)
{
	struct vectors *v = test_malloc(sizeof(*v));
	struct uv_world *world;

	vector_setup((void **)&v->attestation);
	secret_fixture_new((void **)&v->secrets);
	fixture_setup((void **)&v->f);
	world = &v->f->world;
	world_image_free(&v->f->image);
	EVP_PKEY_free(world->host_key);
	EVP_PKEY_up_ref(v->attestation->host);
	world->host_key = v->attestation->host;
	world_image_make(world, &v->f->image);
	world_restart(world, WITH_HOST_KEY);
	assert_executed(world_boot(world, &v->f->image));
	pretend(v);
	*state = v;
	return 0;
}

static int teardown(void **state)
{
	struct vectors *v = *state;

	vector_teardown((void **)&v->attestation);
	secret_fixture_free((void **)&v->secrets);
	fixture_teardown((void **)&v->f);
	test_free(v);
	return 0;
}

/*
 * Executes the request for the secrets fixture's input; its tag has to be @tag.
 * The vectors have different extension secrets, which no guest can bring, so each
 * starts as the first one.
 */
static void execute(struct vectors *v, const char *tag)
{
	struct uvcb_add_secret block = {
		.header = { .size = be16(sizeof(block)), .code = be16(UVC_ADD_SECRET) },
		.asrcb = be64(REQUEST_AT),
	};
	size_t size;
	uint8_t *bytes = secret_fixture_build(v->secrets, &size);

	assert_hex(bytes + size - GCM_TAG_SIZE, GCM_TAG_SIZE, tag);
	memcpy(v->f->world.storage + REQUEST_AT, bytes, size);
	free(bytes);
	secret_free(v->c->secrets.extension);
	v->c->secrets.extension = NULL;
	assert_seen(call_block(v->f, &block, sizeof(block)), 0, 0x0001);
}

/* Takes another secret; all else of the input is as it was in the beginning. */
static void name(struct vectors *v, const char *id, bool unhashed)
{
	struct error err;

	assert_ok(guest_secret_name(&v->secrets->secret, id, unhashed, &err), &err);
}

static void execute_all(struct vectors *v)
{
	struct secret_fixture *f = v->secrets;
	struct digest extension = s256("vector ext secret");
	const struct asrcb_input plain = f->input;
	struct error err;

	execute(v, "fe70a35627aeeb9a8b619b44e834740b");
	f->input.flags = ASRCB_DISABLE_DUMP;
	f->input.cuid = f->cuid;
	execute(v, "e93f1a97b32953e649f19f625efd68d9");
	f->input = plain;
	assert_ok(guest_secret_association(&f->secret, s256("vector association value").bytes,
					   &err), &err);
	name(v, "vector association", false);
	f->input.extension_secret = secret_view(f->derived);
	v->c->image.scf |= SCF_CCK_EXTENSION_SECRET;
	execute(v, "7e0ceff1db31556052bba43e2458bef7");
	v->c->image.scf &= ~SCF_CCK_EXTENSION_SECRET;
	secret_fixture_retrievable(f, RETRIEVABLE_PLAIN, "hello world", 11);
	name(v, "vector-plain", true);
	f->input.extension_secret = extension.bytes;
	f->input.user_data = "user data";
	f->input.user_data_size = 9;
	execute(v, "258b96026104959572eccea3163b81f7");
	f->input = plain;
	secret_fixture_retrievable(f, RETRIEVABLE_AES, s256("vector aes key").bytes, 32);
	name(v, "vector aes", false);
	execute(v, "a172c57983cab63da49e8cfe8cd7ab35");
	guest_secret_free(&f->secret);
	assert_ok(guest_secret_update_cck(&f->secret, s256("vector new cck").bytes, &err), &err);
	f->input.extension_secret = secret_view(f->derived);
	execute(v, "a76a45859b692d79f41d165bc608cfe2");
}

static void assert_store_hash(struct vectors *v, const char *digits)
{
	uint8_t hash[SHA512_SIZE];

	assert_int_equal(secret_store_hash(&v->c->secrets, hash), 0);
	assert_hex(hash, sizeof(hash), digits);
}

static void executes_the_requests(void **state)
{
	struct vectors *v = *state;
	struct uv_status status;

	execute_all(v);
	assert_true(uv_configuration_status(UV(v->f), &status));
	assert_int_equal(status.secret_requests, 6);
	assert_int_equal(status.secrets_association, 1);
	assert_int_equal(status.secrets_retrievable, 2);
	assert_true(status.dump_disabled);
	assert_memory_equal(configuration_keys(v->c)->cck, s256("vector new cck").bytes,
			    CCK_SIZE);
	assert_store_hash(v, "6ca747f7b07378b061958f5943335eb86bd31925e6d433756a5d42f350462268"
			     "991573925637397dba79f269eb724aabc31103899a2b7c520e19970569332595");
	assert_seen(call_empty(v->f, UVC_LOCK_SECRETS, 0x40), 0, 0x0001);
	assert_store_hash(v, "90c0306149f4bd09507052329b736acea4a55d271c15ac27f61c2c3b0d6fe7fb"
			     "68eeac28ba103277365ade8b556fcaefe9849480391a1c25662a5c609d7df387");
}

static void gives_out_the_plaintext(void **state)
{
	static const uint8_t stored[16] = "\0\013hello world";
	struct vectors *v = *state;
	struct uvcb_retrieve_secret block = {
		.header = { .size = be16(sizeof(block)),
			    .code = be16(UVC_RETRIEVE_SECRET) },
		.index = be16(1),
		.size = be32(sizeof(stored)),
		.buffer = be64(BUFFER_AT),
	};

	execute_all(v);
	assert_seen(call_block(v->f, &block, sizeof(block)), 0, 0x0001);
	assert_memory_equal(v->f->world.storage + BUFFER_AT, stored, sizeof(stored));
}

static void measures_the_guest(void **state)
{
	struct vectors *v = *state;
	const uint8_t *storage = v->f->world.storage;
	struct uvcb_attest block = {
		.header = { .size = be16(sizeof(block)), .code = be16(UVC_ATTEST) },
		.arcb = be64(REQUEST_AT),
		.user_size = be16(sizeof(VECTOR_USER_DATA) - 1),
		.measurement_size = be32(MEASUREMENT_SIZE),
		.measurement = be64(MEASUREMENT_AT),
		.additional_size = be32(VECTOR_ADDITIONAL_SIZE),
		.additional = be64(ADDITIONAL_AT),
	};

	execute_all(v);
	assert_seen(call_empty(v->f, UVC_LOCK_SECRETS, 0x40), 0, 0x0001);
	memcpy(block.user_data, VECTOR_USER_DATA, sizeof(VECTOR_USER_DATA) - 1);
	memcpy(v->f->world.storage + REQUEST_AT, v->attestation->arcb, VECTOR_ARCB_SIZE);
	assert_seen(call_block(v->f, &block, sizeof(block)), 0, 0x0001);
	assert_hex(storage + MEASUREMENT_AT, MEASUREMENT_SIZE,
		   "528304cac3aa3a7f9032bd4b65d59f39ef6092c732ba3194e814a64210970bf9"
		   "2193909e7fcb1304092cffb21a6a1bd3c5faebac1f224835fe6750bed5c1d13e");
	assert_memory_equal(storage + ADDITIONAL_AT, v->attestation->additional,
			    VECTOR_ADDITIONAL_SIZE);
	assert_hex(block.cuid, sizeof(block.cuid), "0a3043af8e3938e5e10456f080875ffe");
}

#define with_vectors(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_vectors(executes_the_requests),
		with_vectors(gives_out_the_plaintext),
		with_vectors(measures_the_guest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
