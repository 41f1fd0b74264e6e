/* SPDX-License-Identifier: MIT */
/* DIAGNOSE X'320': checks in their order, layouts, and what is never given away. */
#include "unit.h"

#include <string.h>

#include "boot_pki.h"
#include "crypto/crypto.h"
#include "diagnose_world.h"
#include "ipl/diag320.h"

#define STORAGE_SIZE ((size_t)1 << 20)
#define OPERAND 0x4000 /* absolute address of what calls name */

#define NOW 1500000000 /* a time in the life of the test's certificates */

static struct diagnose_world world;
static struct certstore store;
static int64_t now;

static int64_t clock_of_test(void *context)
{
	(void)context;
	return now;
}

static struct diag320_machine machine = { true, &store, clock_of_test, NULL };

static struct diagnose_result call_at(uint64_t subcode, uint64_t operand)
{
	struct diagnose call = { false, 2, operand, subcode };

	return diag320(&machine, &call, &world.storage);
}

static struct diagnose_result call(uint64_t subcode)
{
	return call_at(subcode, LOGICAL_BASE + OPERAND);
}

static int renew(void **state)
{
	(void)state;
	machine.installed = true;
	now = NOW;
	diagnose_world_new(&world, STORAGE_SIZE);
	return 0;
}

static int end(void **state)
{
	(void)state;
	certstore_clear(&store);
	diagnose_world_free(&world);
	return 0;
}

/* A certificate of @size bytes (0: as it comes), valid from @from to @to. */
static void add(const char *label, enum boot_key key, size_t size, time_t from, time_t to)
{
	X509 *certificate =
		size ? boot_certificate_sized(key, size) :
		       boot_certificate(&(struct boot_order){ key, NULL, from, to, 0 });

	boot_store_add(&store, label, certificate);
	X509_free(certificate);
}

static void add_valid(const char *label)
{
	add(label, BOOT_RSA, 0, NOW - 10, NOW + 10);
}

static uint32_t der_size(size_t index)
{
	return (uint32_t)store.certificates[index].der_size;
}

static void put(const void *block, size_t size)
{
	memcpy(world.bytes + OPERAND, block, size);
}

/* --- What comes before the subcodes -------------------------------------------- */

static void problem_state_first(void **state)
{
	struct diagnose bad = { true, 3, 1, 0x100 };

	(void)state;
	machine.installed = false;
	assert_interrupted(diag320(&machine, &bad, &world.storage), 0x0002);
}

static void specification_next(void **state)
{
	struct diagnose odd = { false, 3, LOGICAL_BASE + OPERAND, 0 };

	(void)state;
	assert_interrupted(diag320(&machine, &odd, &world.storage), 0x0006);
	assert_interrupted(call(0x100), 0x0006);
	assert_interrupted(call(UINT64_C(0x100000000)), 0x0006);
	assert_interrupted(call(UINT64_C(0x8000000000000001)), 0x0006);
	machine.installed = false;
	assert_interrupted(call(0), 0x0006);
	assert_true(world_is_untouched(&world, 0, STORAGE_SIZE));
}

static void unknown_subcodes(void **state)
{
	(void)state;
	assert_answered(call(3), 0x0102);
	assert_answered(call(0xff), 0x0102);
	/* Without a look at the operand. */
	assert_answered(call_at(3, 1), 0x0102);
	assert_true(world_is_untouched(&world, 0, STORAGE_SIZE));
}

/* --- Subcode 0 ------------------------------------------------------------------ */

static void installed_subcodes(void **state)
{
	static const uint8_t word[] = { 0xe0, 0, 0, 0 };

	(void)state;
	/* At any address, and not one byte more. */
	assert_answered(call_at(0, LOGICAL_BASE + OPERAND + 1), 1);
	assert_memory_equal(world.bytes + OPERAND + 1, word, 4);
	assert_int_equal(world.written, 4);
	assert_fault(call_at(0, LOGICAL_BASE + STORAGE_SIZE - 3));
	assert_fault(call_at(0, OPERAND));
	world.read_only = OPERAND;
	assert_fault(call(0));
	assert_int_equal(world.written, 4);
}

/* --- Subcode 1 ------------------------------------------------------------------ */

static void put_vcssb(uint32_t length)
{
	struct vcssb block;

	memset(&block, 0xff, sizeof(block));
	block.length = be32(length);
	put(&block, sizeof(block));
}

static struct vcssb got_vcssb(void)
{
	struct vcssb block;

	memcpy(&block, world.bytes + OPERAND, sizeof(block));
	return block;
}

static void storage_operand(void **state)
{
	(void)state;
	add_valid("a.pem");
	put_vcssb(128);
	for (unsigned i = 1; i < 8; i++)
		assert_interrupted(call_at(1, LOGICAL_BASE + OPERAND + i), 0x0006);
	assert_fault(call_at(1, LOGICAL_BASE + STORAGE_SIZE - 120));
	assert_fault(call_at(1, OPERAND));
	/* What cannot be written is not read either. */
	world.read_only = OPERAND;
	put_vcssb(127);
	assert_fault(call(1));
	assert_int_equal(world.written, 0);
	world.read_only = NOTHING_READ_ONLY;
	put_vcssb(128);
	assert_answered(call_at(1, LOGICAL_BASE + OPERAND), 1);
}

static void storage_length(void **state)
{
	static const uint32_t lengths[] = { 0, 4, 64, 127, 129, 256, UINT32_MAX };

	(void)state;
	for (unsigned i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		put_vcssb(lengths[i]);
		assert_answered(call(1), 0x0202);
	}
	assert_int_equal(world.written, 0);
}

static void storage_empty(void **state)
{
	(void)state;
	put_vcssb(128);
	assert_answered(call(1), 1);
	assert_int_equal(be32_get(got_vcssb().length), 4);
	assert_int_equal(world.written, 4);
}

static void assert_vcssb(uint16_t count, uint32_t single, uint32_t total)
{
	struct vcssb expected = {
		.length = be32(128),
		.count = be16(count),
		.max_count = be16(64),
		.max_single_vcb_length = be32(single),
		.total_vcb_length = be32(total),
	};
	struct vcssb got;

	put_vcssb(128);
	assert_answered(call(1), 1);
	got = got_vcssb();
	assert_memory_equal(&got, &expected, sizeof(got));
}

static uint32_t padded(uint32_t size)
{
	return (size + 3) / 4 * 4;
}

static void storage_figures(void **state)
{
	uint32_t total = 0;

	(void)state;
	add("a.pem", BOOT_RSA, 1501, 0, 0);
	assert_vcssb(1, 64 + 128 + 64 + 1504, 64 + 128 + 64 + 1504);
	add("b.pem", BOOT_RSA, 8000, 0, 0);
	assert_vcssb(2, 64 + 8192, 64 + 128 + 64 + 1504 + 8192);
	while (store.count < 64)
		add_valid("c.pem");
	for (size_t i = 0; i < 64; i++)
		total += 128 + 64 + padded(der_size(i));
	assert_vcssb(64, 64 + 8192, 64 + total);
}

/* --- Subcode 2 ------------------------------------------------------------------ */

static void put_vcb(uint32_t length, uint16_t first, uint16_t last)
{
	struct vcb block;

	/* Whatever a guest leaves in the rest must not come back. */
	memset(&block, 0xff, sizeof(block));
	block.input_length = be32(length);
	block.first = be16(first);
	block.last = be16(last);
	block.token = be32(0x12345678);
	memset(world.bytes, WORLD_FILL, world.size);
	put(&block, sizeof(block));
}

static void assert_header(uint32_t length, uint16_t first, uint16_t last,
			  uint32_t output, uint16_t stored, uint16_t remaining)
{
	struct vcb expected = {
		.input_length = be32(length),
		.first = be16(first),
		.last = be16(last),
		.token = be32(0x12345678),
		.output_length = be32(output),
		.stored = be16(stored),
		.remaining = be16(remaining),
	};

	assert_memory_equal(world.bytes + OPERAND, &expected, sizeof(expected));
	/* Nothing behind what is announced. */
	assert_true(world_is_untouched(&world, OPERAND + output,
				       STORAGE_SIZE - OPERAND - output));
}

/* Asks for first to last with room for @length bytes; expects what follows. */
static void assert_stores(uint32_t length, uint16_t first, uint16_t last,
			  uint32_t output, uint16_t stored, uint16_t remaining)
{
	put_vcb(length, first, last);
	assert_answered(call(2), 1);
	assert_header(length, first, last, output, stored, remaining);
}

static void block_operand(void **state)
{
	(void)state;
	add_valid("a.pem");
	put_vcb(8192, 1, 1);
	assert_interrupted(call_at(2, LOGICAL_BASE + OPERAND + 8), 0x0006);
	assert_interrupted(call_at(2, LOGICAL_BASE + OPERAND + 2048), 0x0006);
	assert_fault(call_at(2, OPERAND));
	assert_fault(call_at(2, LOGICAL_BASE + STORAGE_SIZE));
	assert_int_equal(world.written, 0);
}

static void block_length(void **state)
{
	static const uint32_t lengths[] = { 0, 64, 4095, 4097, 8191, UINT32_MAX };

	(void)state;
	add_valid("a.pem");
	for (unsigned i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		/* Also with a wrong range, which is looked at later. */
		put_vcb(lengths[i], 1, 1);
		assert_answered(call(2), 0x0204);
		put_vcb(lengths[i], 2, 1);
		assert_answered(call(2), 0x0204);
	}
	assert_int_equal(world.written, 0);
}

static void block_range(void **state)
{
	uint32_t one;

	(void)state;
	add_valid("a.pem");
	add_valid("b.pem");
	one = 128 + 64 + padded(der_size(0));
	put_vcb(4096, 2, 1);
	assert_answered(call(2), 0x0302);
	put_vcb(4096, 0xffff, 0);
	assert_answered(call(2), 0x0302);
	assert_int_equal(world.written, 0);
	assert_stores(4096, 0, 0, 64, 0, 0);
	assert_stores(4096, 0, 1, 64 + one, 1, 0);
	assert_stores(4096, 1, 1, 64 + one, 1, 0);
	assert_stores(4096, 2, 2, 64 + one, 1, 0);
	assert_stores(4096, 0, 2, 64 + 2 * one, 2, 0);
	assert_stores(4096, 1, 2, 64 + 2 * one, 2, 0);
	/* One index beyond the store, and none of them is stored. */
	assert_stores(4096, 1, 3, 64, 0, 0);
	assert_stores(4096, 3, 3, 64, 0, 0);
	assert_stores(4096, 0, 0xffff, 64, 0, 0);
	assert_stores(4096, 0xffff, 0xffff, 64, 0, 0);
}

static void block_of_an_empty_store(void **state)
{
	(void)state;
	assert_stores(4096, 0, 0, 64, 0, 0);
	assert_stores(4096, 1, 1, 64, 0, 0);
	assert_stores(4096, 0, 1, 64, 0, 0);
}

/* Entries of 2112, 1920 and 1924 bytes; the first two fill a page to the byte. */
#define FIRST_SIZE 1920
#define EXACT_SIZE (4096 - 64 - (FIRST_SIZE + 192) - 192)
#define LONGER_SIZE (EXACT_SIZE + 1)

static void block_that_is_filled(void **state)
{
	(void)state;
	add("a.pem", BOOT_RSA, FIRST_SIZE, 0, 0);
	add("exact.pem", BOOT_RSA, EXACT_SIZE, 0, 0);
	add("longer.pem", BOOT_RSA, LONGER_SIZE, 0, 0);
	now = time(NULL);
	assert_stores(4096, 1, 2, 4096, 2, 0);
	assert_stores(4096, 1, 3, 4096, 2, 1);
	assert_stores(4096, 2, 3, 64 + 1920 + 1924, 2, 0);
	assert_stores(8192, 1, 3, 4096 + 1924, 3, 0);
	assert_stores(UINT32_C(0xfffff000), 1, 3, 4096 + 1924, 3, 0);
}

static void block_without_room(void **state)
{
	(void)state;
	add("a.pem", BOOT_RSA, FIRST_SIZE, 0, 0);
	add("longer.pem", BOOT_RSA, LONGER_SIZE, 0, 0);
	add("exact.pem", BOOT_RSA, EXACT_SIZE, 0, 0);
	now = time(NULL);
	assert_stores(4096, 1, 2, 64 + 2112, 1, 1);
	/* One that does not fit ends it, even where the next one would fit. */
	assert_stores(4096, 1, 3, 64 + 2112, 1, 2);
	assert_stores(8192, 1, 2, 4096 + 4, 2, 0);
}

static void block_too_small_for_one(void **state)
{
	(void)state;
	add("a.pem", BOOT_RSA, 8000, 0, 0);
	now = time(NULL);
	assert_stores(4096, 1, 1, 64, 0, 1);
	assert_stores(8192, 1, 1, 64, 0, 1);
	assert_stores(12288, 1, 1, 64 + 8192, 1, 0);
}

static void assert_entry(size_t index, const uint8_t *entry)
{
	struct boot_certificate *certificate = &store.certificates[index];
	uint32_t size = der_size(index), end = 0xc0 + padded(size);
	struct vce expected = {
		.length = be32(end),
		.flags = 0x80,
		.key_type = (uint8_t)certificate->key_type,
		.index = be16((uint16_t)(index + 1)),
		.format = 1,
		.key_id_length = be16(32),
		.hash_type = 1,
		.hash_length = be16(32),
		.certificate_length = be32(size),
		.hash_offset = be16(0xa0),
		.certificate_offset = be16(0xc0),
	};
	uint8_t hash[SHA256_SIZE];

	memcpy(expected.name, certificate->name, 64);
	assert_memory_equal(entry, &expected, sizeof(expected));
	assert_memory_equal(entry + 0x80, certificate->key_id, 32);
	assert_int_equal(crypto_sha256(hash, entry + 0xc0, size, NULL), 0);
	assert_memory_equal(entry + 0xa0, hash, 32);
	assert_memory_equal(entry + 0xc0, certificate->der, size);
	for (uint32_t i = 0xc0 + size; i < end; i++)
		assert_int_equal(entry[i], 0);
}

static void entries(void **state)
{
	const uint8_t *entry = world.bytes + OPERAND + 64;
	uint32_t output = 64;

	(void)state;
	add("rsa.pem", BOOT_RSA, 1001, 0, 0);
	add("p256.pem", BOOT_P256, 1002, 0, 0);
	add("p521.pem", BOOT_P521, 1003, 0, 0);
	add("odd name.der", BOOT_P384, 1004, 0, 0);
	now = time(NULL);
	for (size_t i = 0; i < 4; i++)
		output += 0xc0 + padded(der_size(i));
	assert_stores(8192, 1, 4, output, 4, 0);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(store.certificates[i].key_type, i == 2);
		assert_entry(i, entry);
		entry += 0xc0 + padded(der_size(i));
	}
	/* One alone has the index that it has in the store. */
	assert_stores(4096, 3, 3, 64 + 0xc0 + padded(der_size(2)), 1, 0);
	assert_entry(2, world.bytes + OPERAND + 64);
}

static void assert_invalid_entry(int64_t time)
{
	struct vce expected = {
		.length = be32(72),
		.key_type = 1,
		.index = be16(1),
	};

	now = time;
	memcpy(expected.name, store.certificates[0].name, 64);
	assert_stores(4096, 1, 1, 64 + 72, 1, 0);
	assert_memory_equal(world.bytes + OPERAND + 64, &expected, 72);
}

static void dates(void **state)
{
	uint32_t valid;

	(void)state;
	add("a.pem", BOOT_P521, 0, NOW - 10, NOW + 10);
	valid = 64 + 0xc0 + padded(der_size(0));
	assert_invalid_entry(NOW - 11);
	assert_invalid_entry(0);
	now = NOW - 10;
	assert_stores(4096, 1, 1, valid, 1, 0);
	now = NOW + 10;
	assert_stores(4096, 1, 1, valid, 1, 0);
	assert_invalid_entry(NOW + 11);
	assert_invalid_entry(INT64_MAX);
	/* A key that nobody can read. */
	store.certificates[0].usable = false;
	assert_invalid_entry(NOW);
}

/* An entry that is not valid takes its own room, and those behind it follow. */
static void valid_behind_invalid(void **state)
{
	(void)state;
	add("old.pem", BOOT_RSA, 0, NOW - 30, NOW - 20);
	add_valid("new.pem");
	assert_stores(4096, 1, 2, 64 + 72 + 0xc0 + padded(der_size(1)), 2, 0);
	assert_entry(1, world.bytes + OPERAND + 64 + 72);
}

/* All or nothing: no entry is stored when there is no storage for all of them. */
static void block_faults(void **state)
{
	(void)state;
	add("a.pem", BOOT_RSA, 8000, 0, 0);
	add("b.pem", BOOT_RSA, 8000, 0, 0);
	now = time(NULL);
	put_vcb(32768, 1, 2);
	world.read_only = OPERAND + 0x4000;
	assert_fault(call(2));
	world.read_only = OPERAND;
	assert_fault(call(2));
	assert_int_equal(world.written, 0);
	/* Storage that is announced but not needed is not looked at. */
	put_vcb(32768, 1, 1);
	world.read_only = OPERAND + 0x4000;
	assert_answered(call(2), 1);
	world.read_only = NOTHING_READ_ONLY;
	memmove(world.bytes + STORAGE_SIZE - 4096, world.bytes + OPERAND, 64);
	assert_fault(call_at(2, LOGICAL_BASE + STORAGE_SIZE - 4096));
}

static void whole_store(void **state)
{
	(void)state;
	while (store.count < 64)
		add("a.pem", BOOT_P256, 8000, 0, 0);
	now = time(NULL);
	assert_stores(64 * 8192 + 4096, 1, 64, 64 + 64 * 8192, 64, 0);
	for (size_t i = 0; i < 64; i++)
		assert_entry(i, world.bytes + OPERAND + 64 + i * 8192);
	assert_stores(64 * 8192, 1, 64, 64 + 63 * 8192, 63, 1);
}

/* The header is read once: one that changes meanwhile cannot mix two requests. */
static void change_header(struct diagnose_world *w, uint64_t address, size_t size)
{
	if (address == OPERAND && size == sizeof(struct vcb))
		memset(w->bytes + OPERAND, 0xff, size);
}

static void changing_header(void **state)
{
	uint32_t output;

	(void)state;
	add_valid("a.pem");
	output = 64 + 0xc0 + padded(der_size(0));
	world.meanwhile = change_header;
	assert_stores(4096, 1, 1, output, 1, 0);
	assert_entry(0, world.bytes + OPERAND + 64);
}

#define unit(test) cmocka_unit_test_setup_teardown(test, renew, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit(problem_state_first),
		unit(specification_next),
		unit(unknown_subcodes),
		unit(installed_subcodes),
		unit(storage_operand),
		unit(storage_length),
		unit(storage_empty),
		unit(storage_figures),
		unit(block_operand),
		unit(block_length),
		unit(block_range),
		unit(block_of_an_empty_store),
		unit(block_that_is_filled),
		unit(block_without_room),
		unit(block_too_small_for_one),
		unit(entries),
		unit(dates),
		unit(valid_behind_invalid),
		unit(block_faults),
		unit(whole_store),
		unit(changing_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
