/* SPDX-License-Identifier: MIT */
/*
 * Guest calls with arbitrary control blocks on a running guest, mixed with
 * what the hypervisor may do meanwhile. Storage accesses that the calls make
 * fail, or see other data each time, when the input says so. Attestation and
 * add-secret requests are sealed again after they were changed.
 *
 * The input is a list of steps: one byte says which, and its operands follow.
 */
#include "ultravisor_fuzz.h"

#include <string.h>

#include "ultravisor/calls.h"
#include "ultravisor/uvcb.h"
#include "uv_requests.h"

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

/* What every secret but plaintext ones begins with: never given out in clear. */
static const uint8_t marker[16] = "never in clear!";

static bool hostile_write(void *vcpu, uint64_t address, const void *data, size_t size)
{
	struct address_space *space = vcpu;

	fuzz_check(!memmem(data, size, marker, sizeof(marker)));
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

/* --- Requests ---------------------------------------------------------------- */

#define REQUEST_AT 0x20000
#define REQUEST_ROOM 0x4000

/* One owner for all requests: what is fuzzed is not randomness. */
static struct request_keys owner;

/* A sound request of @slots slots, up to its seal; returns its size. */
static size_t make_arcb(uint8_t *bytes, EVP_PKEY *const *hosts, size_t slots, uint64_t flags)
{
	static const struct arcb_area area;
	struct arcb_input input = { .hosts = { hosts, slots }, .flags = flags,
				    .keys = &owner, .area = &area };

	fuzz_check(arcb_build(bytes, &input, NULL) == 0);
	return arcb_size(slots, flags);
}

/* The same for a secret of a type, for the size of which the input decides. */
static size_t make_asrcb(uint8_t *bytes, EVP_PKEY *const *hosts, size_t slots,
			 struct feed *feed)
{
	static const uint16_t sizes[] = { 0, 16, 32, 31, 24, 64, 8192, 8208 };
	uint8_t shape = feed_u8(feed);
	uint16_t type = feed_u8(feed) % 0x18, size = sizes[shape >> 5];
	struct uv_status status;
	struct world_asrcb request;
	uint8_t *made;
	size_t whole;

	fuzz_check(uv_configuration_status(world.uv, world.handle, &status));
	world_asrcb_prepare(&world, &image, &request);
	if (!secret_kind_find(type))
		type = SECRET_ASSOCIATION;
	if (shape & 1)
		size = secret_kind_find(type)->size;
	world_asrcb_secret(&request, type, size, type);
	memcpy(request.hosts, hosts, slots * sizeof(hosts[0]));
	request.input.hosts.count = slots;
	request.input.cuid = shape & 2 ? status.cuid : NULL;
	request.input.flags = shape & 4 ? ASRCB_DISABLE_DUMP : 0;
	fuzz_check(asrcb_build(&made, &whole, &request.input, &owner, NULL) == 0);
	fuzz_check(whole <= REQUEST_ROOM);
	memcpy(bytes, made, whole);
	free(made);
	world_asrcb_free(&request);
	return whole;
}

/* Changes what is not encrypted: the seal is put on it afterwards. */
static void change(struct feed *feed, uint8_t *bytes, size_t size)
{
	for (unsigned i = feed_u8(feed) % 8; i > 0; i--) {
		size_t at = feed_u16(feed) % size;

		bytes[at] = feed_u8(feed);
	}
}

/*
 * Encrypts and tags the request again, as its owner could have made it: so the
 * checks behind the decryption are reached, too.
 */
static void seal(struct feed *feed, uint8_t *bytes)
{
	static uint8_t area[REQUEST_ROOM];
	const struct request_head *head = (const struct request_head *)bytes;
	size_t size = be32_get(head->size), area_size = be32_get(head->area_size);
	struct asrcb asrcb;

	if (size > REQUEST_ROOM || size < sizeof(*head) + GCM_TAG_SIZE ||
	    area_size > size - sizeof(*head) - GCM_TAG_SIZE)
		return;
	memset(area, 0, sizeof(area));
	if (asrcb_parse(&asrcb, bytes, size, UINT64_MAX, NULL, NULL) == 0 &&
	    asrcb.value_size >= sizeof(marker) && asrcb.type != SECRET_PLAINTEXT)
		memcpy(area, marker, sizeof(marker));
	/* The extension secret. */
	if (area_size >= EXTENSION_SECRET_SIZE)
		area[area_size - EXTENSION_SECRET_SIZE] = feed_u8(feed) % 4 == 0;
	fuzz_check(request_seal(bytes, &owner, area, NULL) == 0);
}

/* Puts a request into storage; returns the code of the call that it is for. */
static uint16_t put_request(struct feed *feed)
{
	uint8_t shape = feed_u8(feed), *bytes = world.storage + REQUEST_AT;
	EVP_PKEY *hosts[] = { world.host_key, world.backup_host_key,
			      world.foreign_host_key };
	size_t slots = 1 + shape / 4 % 3, size;
	EVP_PKEY *first = hosts[shape / 16 % 3];

	hosts[shape / 16 % 3] = hosts[0];
	hosts[0] = first;
	memset(bytes, 0, REQUEST_ROOM);
	size = shape & 1 ? make_arcb(bytes, hosts, slots, (uint64_t)feed_u8(feed) << 56) :
			   make_asrcb(bytes, hosts, slots, feed);
	change(feed, bytes, size);
	if (!(shape & 2))
		seal(feed, bytes);
	return shape & 1 ? UVC_ATTEST : UVC_ADD_SECRET;
}

/* A block whose buffers lie in storage and are mostly large enough. */
static size_t fill_block(struct feed *feed, uint16_t code, uint8_t *block)
{
	struct uvcb_attest *attest = (struct uvcb_attest *)block;
	struct uvcb_add_secret *add = (struct uvcb_add_secret *)block;

	if (code == UVC_ADD_SECRET) {
		add->asrcb = be64(REQUEST_AT);
		return sizeof(*add);
	}
	attest->arcb = be64(REQUEST_AT);
	attest->user_size = be16(feed_u16(feed) % 0x110);
	attest->measurement_size = be32(64);
	attest->measurement = be64(0x2000);
	attest->additional_size = be32(feed_u16(feed) % 0x400);
	attest->additional = be64(0x3000);
	return sizeof(*attest);
}

static void request_call(struct feed *feed)
{
	uint8_t block[sizeof(struct uvcb_attest)] = { 0 }, before[sizeof(block)];
	struct address_space space = { .feed = feed };
	struct uv_access access = { hostile_read, hostile_write, &space };
	uint16_t code = put_request(feed);
	size_t size = fill_block(feed, code, block), stored;
	unsigned cc;

	*(struct uvcb_header *)block =
		(struct uvcb_header){ .size = be16((uint16_t)size), .code = be16(code) };
	memcpy(before, block, size);
	cc = uv_guest_call(world.uv, world.handle, block, size, &access, &stored);
	check_call(block, before, size, cc, stored);
}

/* --- Steps --------------------------------------------------------------------- */

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

/* A dump, call by call, out of order if the input says so. */
static void dump(struct feed *feed)
{
	static uint8_t pages[4 * UV_PAGE_SIZE], area[UV_PAGE_SIZE];
	uint8_t call = feed_u8(feed);
	struct cpu_state cpu = { .gprs = { call }, .partial = call & 0x80 };

	switch (call % 5) {
	case 0:
		uv_dump_initiate(world.uv, world.handle);
		return;
	case 1:
		uv_dump_cpu(world.uv, world.handle, &cpu, area);
		break;
	case 2:
		uv_dump_pages(world.uv, world.handle,
			      (uint64_t)feed_u8(feed) * UV_PAGE_SIZE,
			      (uint64_t)(call >> 6) * UV_PAGE_SIZE, pages);
		break;
	case 3:
		uv_dump_storage_state(world.uv, world.handle, feed_u8(feed) % 4 * 0x80000ULL,
				      area);
		break;
	default:
		uv_dump_complete(world.uv, world.handle, area);
	}
	fuzz_check(!holds_keys(area, sizeof(area)));
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
	fuzz_check(status.secrets_association <= world.generation.max_association_secrets);
	fuzz_check(status.secrets_retrievable <= world.generation.max_retrievable_secrets);
	fuzz_check(status.secrets_association + status.secrets_retrievable <=
		   status.secret_requests);
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
	case 4:
		request_call(feed);
		break;
	case 7:
		dump(feed);
		break;
	default:
		guest_call(feed);
	}
}

/* Nothing is left of what another input did. */
static bool is_fresh(const struct uv_status *status)
{
	return status->phase == UV_PHASE_VERIFIED && status->pages_exported == 0 &&
	       status->secret_requests == 0 && !status->secrets_locked;
}

/* A running guest without shared or exported pages; the last one when it will do. */
static void start(void)
{
	static uint8_t area[UV_DUMP_COMPLETION_SIZE];
	struct uv_status status;

	if (!world.uv) {
		world_start(&world, WITH_BACKUP_KEY, STORAGE);
		world_image_make(&world, &image);
		image.area.scf = be64(SCF_CCK_UPDATE);
		image.pcf |= PCF_ALLOW_DUMP;
		world_seal_header(&image);
		fuzz_check(request_keys_generate(&owner, NULL) == 0);
	}
	text_free(&world.trace);
	uv_dump_complete(world.uv, world.handle, area);
	uv_unshare_all(world.uv, world.handle);
	fuzz_check(uv_configuration_status(world.uv, world.handle, &status));
	if (is_fresh(&status))
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
