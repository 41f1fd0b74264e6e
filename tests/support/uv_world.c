/* SPDX-License-Identifier: MIT */
#include "uv_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ultravisor/calls.h"

static void need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "uv_world: %s\n", what);
	abort();
}

static void *need_memory(size_t size)
{
	void *data = calloc(1, size);

	need(data != NULL, "out of memory");
	return data;
}

uint64_t world_random(uint64_t *state)
{
	uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

void world_fill(void *data, size_t size, uint64_t seed)
{
	uint8_t *bytes = data;

	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(world_random(&seed) >> 24);
}

/* --- The machine and its guest --------------------------------------------- */

static bool inside(const struct uv_world *world, uint64_t address, size_t size)
{
	return size <= world->storage_size && address <= world->storage_size - size;
}

static bool touches(uint64_t page, uint64_t address, size_t size)
{
	return page != NOWHERE && page < address + size &&
	       address < page + UV_PAGE_SIZE;
}

static bool read_storage(void *guest, uint64_t address, void *data, size_t size)
{
	struct uv_world *world = guest;

	if (!inside(world, address, size) || touches(world->unreadable, address, size))
		return false;
	memcpy(data, world->storage + address, size);
	return true;
}

static bool write_storage(void *guest, uint64_t address, const void *data, size_t size)
{
	struct uv_world *world = guest;

	if (!inside(world, address, size) || touches(world->unwritable, address, size))
		return false;
	memcpy(world->storage + address, data, size);
	return true;
}

static bool give_random(void *context, void *data, size_t size)
{
	const struct uv_world *world = context;

	return !world->no_random && crypto_random(data, size, NULL) == 0;
}

static uint64_t tell_time(void *context)
{
	struct uv_world *world = context;

	return __atomic_add_fetch(&world->now, 1000, __ATOMIC_RELAXED);
}

static void keep_line(void *context, const char *line)
{
	struct uv_world *world = context;

	text_addf(&world->trace, "%s\n", line);
}

struct uv_access world_access(struct uv_world *world)
{
	return (struct uv_access){ .read = read_storage, .write = write_storage,
				   .vcpu = world };
}

/* A generation that has everything that this library knows. */
static struct generation full_generation(void)
{
	struct generation g = {
		.name = "everything",
		.header_versions = MSB0(0),
		.pcf = PCF_KNOWN,
		.scf = SCF_KNOWN,
		.attestation_versions = MSB0(0),
		.attestation_flags = MSB0(1) | MSB0(2) | MSB0(3) | MSB0(4),
		.add_secret_versions = MSB0(0),
		.add_secret_flags = MSB0(0),
		.secret_types = UINT64_C(0x7fe07e0000000000),
		.max_association_secrets = 20,
		.max_retrievable_secrets = 10,
		.max_guests = 16,
		.max_cpu_id = 247,
		.max_address = UINT64_C(1) << 47,
		.dump = true,
	};

	for (const struct call *call = calls; call->name; call++)
		g.calls[call->bit / 64] |= MSB0(call->bit % 64);
	return g;
}

static void start_ultravisor(struct uv_world *world, enum world_machine machine)
{
	struct uv_machine description = {
		.generation = &world->generation,
		.host_key = machine >= WITH_HOST_KEY ? world->host_key : NULL,
		.backup_host_key =
			machine >= WITH_BACKUP_KEY ? world->backup_host_key : NULL,
	};
	struct uv_callbacks callbacks = {
		.read = read_storage,
		.write = write_storage,
		.random = give_random,
		.clock = tell_time,
		.trace = keep_line,
		.context = world,
	};
	struct error err;

	need(uv_new(&world->uv, &description, &callbacks, &err) == 0, "uv_new");
	need(uv_ok(uv_configuration_create(world->uv, world->storage_size, world,
					   &world->handle)),
	     "create");
}

void world_start(struct uv_world *world, enum world_machine machine,
		 size_t storage_size)
{
	*world = (struct uv_world){ .generation = full_generation(),
				    .storage_size = storage_size,
				    .unreadable = NOWHERE,
				    .unwritable = NOWHERE };
	world->storage = need_memory(storage_size);
	need(ec_generate(&world->host_key, NULL) == 0 &&
		     ec_generate(&world->backup_host_key, NULL) == 0 &&
		     ec_generate(&world->foreign_host_key, NULL) == 0,
	     "keys");
	start_ultravisor(world, machine);
}

void world_end(struct uv_world *world)
{
	uv_free(world->uv);
	EVP_PKEY_free(world->host_key);
	EVP_PKEY_free(world->backup_host_key);
	EVP_PKEY_free(world->foreign_host_key);
	free(world->storage);
	text_free(&world->trace);
}

void world_restart(struct uv_world *world, enum world_machine machine)
{
	uv_free(world->uv);
	start_ultravisor(world, machine);
}

void world_renew(struct uv_world *world)
{
	need(uv_ok(uv_configuration_destroy(world->uv, world->handle)), "destroy");
	memset(world->storage, 0, world->storage_size);
	need(uv_ok(uv_configuration_create(world->uv, world->storage_size, world,
					   &world->handle)),
	     "create");
}

/* --- Images ---------------------------------------------------------------- */

void world_image_add(struct world_image *image, uint64_t address, size_t size,
		     uint64_t prefix)
{
	struct world_component *c = &image->components[image->component_count++];

	*c = (struct world_component){ .address = address, .size = size, .prefix = prefix };
	c->plain = need_memory(size);
	c->cipher = need_memory(size);
	world_fill(c->plain, size, prefix ^ address);
}

void world_image_make(struct uv_world *world, struct world_image *image)
{
	*image = (struct world_image){ .pcf = PCF_DEFAULT };
	need(ec_generate(&image->customer_key, NULL) == 0, "customer key");
	world_fill(image->header_key, sizeof(image->header_key), 1);
	world_fill(image->iv, sizeof(image->iv), 2);
	world_fill(image->area.cck, sizeof(image->area.cck), 3);
	world_fill(image->area.image_key, sizeof(image->area.image_key), 4);
	image->area.psw_mask = be64(0x180000000);
	image->area.psw_address = be64(0x19000);
	image->host_keys[image->host_key_count++] = world->foreign_host_key;
	image->host_keys[image->host_key_count++] = world->host_key;
	world_image_add(image, 0x15000, 0x3000, UINT64_C(0x0028010203040506));
	world_image_add(image, 0x18000, 0x1000, UINT64_C(0x003c111213141516));
	world_image_add(image, 0x19000, 0x2000, UINT64_C(0x0046212223242526));
	world_seal(image);
}

void world_image_free(struct world_image *image)
{
	for (size_t i = 0; i < image->component_count; i++) {
		free(image->components[i].plain);
		free(image->components[i].cipher);
	}
	EVP_PKEY_free(image->customer_key);
	*image = (struct world_image){ 0 };
}

static void seal_component(struct world_component *c, struct xts *xts,
			   struct page_digests *digests)
{
	for (size_t at = 0; at < c->size; at += CRYPTO_PAGE_SIZE) {
		struct page_tweak tweak = { be64(c->prefix), be64(at) };

		if (xts)
			need(xts_page(xts, (const uint8_t *)&tweak, c->plain + at,
				      c->cipher + at, NULL) == 0,
			     "xts");
		else
			memcpy(c->cipher + at, c->plain + at, CRYPTO_PAGE_SIZE);
		need(page_digests_add(digests, c->cipher + at, c->address + at,
				      &tweak, NULL) == 0,
		     "digests");
	}
}

void world_seal(struct world_image *image)
{
	struct page_digests *digests;
	struct xts *xts = NULL;

	need(page_digests_new(&digests, NULL) == 0, "digests");
	if (!(image->pcf & PCF_NO_ENCRYPTION))
		need(xts_new(&xts, image->area.image_key, XTS_ENCRYPT, NULL) == 0, "xts");
	for (size_t i = 0; i < image->component_count; i++)
		seal_component(&image->components[i], xts, digests);
	need(page_digests_values(digests, &image->digests, NULL) == 0, "digests");
	image->page_count = page_digests_count(digests);
	page_digests_free(digests);
	xts_free(xts);
	world_seal_header(image);
}

void world_seal_header(struct world_image *image)
{
	struct se_header_input input = {
		.host_keys = image->host_keys,
		.host_key_count = image->host_key_count,
		.customer_key = image->customer_key,
		.header_key = image->header_key,
		.iv = image->iv,
		.area = &image->area,
		.digests = &image->digests,
		.page_count = image->page_count,
		.pcf = image->pcf,
	};

	image->header_size = se_header_size(image->host_key_count);
	need(se_header_build(image->header, &input, NULL) == 0, "header");
}

/* --- Starting -------------------------------------------------------------- */

void world_load(struct uv_world *world, const struct world_image *image)
{
	for (size_t i = 0; i < image->component_count; i++) {
		const struct world_component *c = &image->components[i];

		memcpy(world->storage + c->address, c->cipher, c->size);
	}
}

struct uv_result world_set_parameters(struct uv_world *world,
				      const struct world_image *image)
{
	return uv_set_parameters(world->uv, world->handle, image->header,
				 image->header_size);
}

struct uv_result world_unpack(struct uv_world *world, const struct world_image *image)
{
	struct uv_result result = { .rc = UV_RC_EXECUTED };

	for (size_t i = 0; uv_ok(result) && i < image->component_count; i++) {
		const struct world_component *c = &image->components[i];

		result = uv_unpack_component(world->uv, world->handle, c->address,
					     c->size, c->prefix);
	}
	return result;
}

struct uv_result world_boot(struct uv_world *world, const struct world_image *image)
{
	struct uv_result result;

	world_load(world, image);
	result = world_set_parameters(world, image);
	if (uv_ok(result))
		result = world_unpack(world, image);
	if (uv_ok(result))
		result = uv_verify(world->uv, world->handle);
	return result;
}

bool world_is_plain(const struct uv_world *world, const struct world_image *image)
{
	for (size_t i = 0; i < image->component_count; i++) {
		const struct world_component *c = &image->components[i];

		if (memcmp(world->storage + c->address, c->plain, c->size) != 0)
			return false;
	}
	return true;
}
