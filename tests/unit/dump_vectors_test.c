/* SPDX-License-Identifier: MIT */
/* The ultravisor's data in a dump: vectors, and what the areas refuse. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "dump/confidential.h"
#include "dump/host_vmcore.h"
#include "dump/notes.h"

static void assert_hex(const void *data, size_t size, const char *expected)
{
	char digits[2 * 64 + 1];

	assert_true(size <= 64);
	assert_string_equal(hex_encode(digits, data, size), expected);
}

static void assert_sha256(const void *data, size_t size, const char *expected)
{
	uint8_t digest[SHA256_SIZE];

	assert_int_equal(crypto_sha256(digest, data, size, NULL), 0);
	assert_hex(digest, sizeof(digest), expected);
}

static void count_up(void *data, size_t size, uint8_t first)
{
	for (size_t i = 0; i < size; i++)
		((uint8_t *)data)[i] = (uint8_t)(first + i);
}

/* What all vectors start from: CCK 00..1f, seed 40..7f. */
struct vector {
	uint8_t cck[DUMP_CCK_SIZE], seed[DUMP_SEED_SIZE], iv[GCM_IV_SIZE];
	struct dump_page_keys keys;
	struct secret *dump_key;
};

static void start(struct vector *v)
{
	static const uint8_t nonce[] = { 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88 };
	struct error err = { 0 };

	*v = (struct vector){ 0 };
	count_up(v->cck, sizeof(v->cck), 0);
	count_up(v->seed, sizeof(v->seed), 0x40);
	count_up(v->iv, sizeof(v->iv), 0xa0);
	memcpy(v->keys.tweak_nonce + 8, nonce, sizeof(nonce));
	count_up(v->keys.xts_key, sizeof(v->keys.xts_key), 0xc0);
	assert_ok(dump_key_derive(&v->dump_key, v->cck, v->seed, &err), &err);
}

static void the_dump_key(void **state)
{
	struct vector v;

	(void)state;
	start(&v);
	assert_hex(secret_view(v.dump_key), DUMP_KEY_SIZE,
		   "ac3f3150ad7223ede2f4c380efc85a2b9d5ba0dbc99a13f339e5a1d97b770784");
	secret_free(v.dump_key);
}

static void the_completion_area(void **state)
{
	struct dump_completion area;
	struct secret *key, *keys;
	struct error err = { 0 };
	struct vector v;

	(void)state;
	start(&v);
	assert_ok(dump_completion_seal(&area, secret_view(v.dump_key), v.seed, v.iv, &v.keys,
				       &err), &err);
	assert_hex(&area.keys, 16, "d6ed2dd243a61550ab7ae2c37780ea2d");
	assert_hex(area.tag, 16, "56ec19bef3b4d7339a4022a40cbe891e");
	assert_sha256(&area, sizeof(area),
		      "7a9500dcf924f07d3c938fc506675f2083f4fc073e5d3cc17355e7f56f2f9c79");
	assert_ok(dump_completion_open(&key, &keys, &area, sizeof(area), v.cck, &err), &err);
	assert_true(secret_equal(key, v.dump_key));
	assert_memory_equal(secret_view(keys), &v.keys, sizeof(v.keys));
	secret_free(key);
	secret_free(keys);
	secret_free(v.dump_key);
}

static struct cpu_state vector_cpu(void)
{
	struct cpu_state cpu = {
		.psw_mask = UINT64_C(0x0706e00180000000),
		.psw_address = 0x123456,
		.prefix = 0x7fe000,
		.has_vectors = true,
		.has_guarded_storage = true,
	};

	for (size_t i = 0; i < 16; i++)
		cpu.gprs[i] = 0x1000 + i;
	return cpu;
}

static void the_cpu_area(void **state)
{
	struct cpu_state cpu = vector_cpu(), opened;
	struct dump_cpu_area area;
	struct error err = { 0 };
	struct vector v;

	(void)state;
	start(&v);
	count_up(v.iv, sizeof(v.iv), 0xb0);
	assert_ok(dump_cpu_seal(&area, secret_view(v.dump_key), v.iv, &cpu, &err), &err);
	assert_hex(&area.registers, 16, "64c0effe1023841ae3f94f92c72ff619");
	assert_hex(area.tag, 16, "cb4040c34dbfea73bf9c6aa4ddd7867b");
	assert_sha256(&area, sizeof(area),
		      "ee8d83f02a1c9acfd1e629d2be85f5f64280dd1b93886cf3f776dafd4bf48e1a");
	assert_ok(dump_cpu_open(&opened, &area, sizeof(area), secret_view(v.dump_key), &err),
		  &err);
	assert_memory_equal(&opened, &cpu, sizeof(cpu));
	secret_free(v.dump_key);
}

static void a_page(void **state)
{
	const struct dump_page_state page_state = { { 0, 0, 0, 0, 0, 0, 0, 5 } };
	uint8_t page[DUMP_PAGE_SIZE], tweak[XTS_TWEAK_SIZE];
	struct error err = { 0 };
	struct vector v;
	struct xts *xts;

	(void)state;
	start(&v);
	count_up(page, sizeof(page), 0);
	dump_page_tweak(tweak, &page_state, v.keys.tweak_nonce);
	assert_hex(tweak, sizeof(tweak), "00000000000000051122334455667788");
	assert_ok(xts_new(&xts, v.keys.xts_key, XTS_ENCRYPT, &err), &err);
	assert_ok(xts_page(xts, tweak, page, page, &err), &err);
	assert_hex(page, 32, "b4d8a478aea35900cd331300d1f4d63ff431671962a71706b463f2786d8aacff");
	assert_hex(page + 4080, 16, "d3d5d4dba3b261141495d9a0a4687395");
	assert_sha256(page, sizeof(page),
		      "46e45f09741d3cd1443975c733801f3f0bfdb5b518eac3db0ff273c188cccd63");
	xts_free(xts);
	secret_free(v.dump_key);
}

/* --- What does not open ------------------------------------------------------------ */

static void every_bit_of_the_completion_area_counts(void **state)
{
	struct dump_completion area;
	struct secret *key, *keys;
	struct vector v;

	(void)state;
	start(&v);
	assert_int_equal(dump_completion_seal(&area, secret_view(v.dump_key), v.seed, v.iv,
					      &v.keys, NULL), 0);
	for (size_t i = 0; i < sizeof(area); i++) {
		struct dump_completion changed = area;
		int rc;

		((uint8_t *)&changed)[i] ^= (uint8_t)(1u << i % 8);
		rc = dump_completion_open(&key, &keys, &changed, sizeof(changed), v.cck, NULL);
		assert_int_equal(rc, i < 4 ? ERR_UNSUPPORTED : i < 8 ? ERR_FORMAT : ERR_AUTH);
		assert_null(key);
		assert_null(keys);
	}
	assert_int_equal(dump_completion_open(&key, &keys, &area, sizeof(area) - 1, v.cck, NULL),
			 ERR_FORMAT);
	v.cck[31] ^= 1;
	assert_int_equal(dump_completion_open(&key, &keys, &area, sizeof(area), v.cck, NULL),
			 ERR_AUTH);
	secret_free(v.dump_key);
}

static void every_bit_of_the_cpu_area_counts(void **state)
{
	struct cpu_state cpu = vector_cpu(), opened;
	struct dump_cpu_area area;
	struct vector v;

	(void)state;
	start(&v);
	assert_int_equal(dump_cpu_seal(&area, secret_view(v.dump_key), v.iv, &cpu, NULL), 0);
	for (size_t i = 0; i < sizeof(area); i++) {
		struct dump_cpu_area changed = area;

		((uint8_t *)&changed)[i] ^= (uint8_t)(1u << i % 8);
		assert_int_equal(dump_cpu_open(&opened, &changed, sizeof(changed),
					       secret_view(v.dump_key), NULL),
				 i < 4 ? ERR_UNSUPPORTED : i < 8 ? ERR_FORMAT : ERR_AUTH);
	}
	assert_int_equal(dump_cpu_open(&opened, &area, sizeof(area) - 1,
				       secret_view(v.dump_key), NULL), ERR_FORMAT);
	secret_free(v.dump_key);
}

/* --- Page states --------------------------------------------------------------------- */

static void every_flag_byte_has_its_meaning(void **state)
{
	(void)state;
	for (unsigned flags = 0; flags < 256; flags++) {
		struct dump_page_state page = dump_page_special(flags);
		unsigned rest = flags & ~(unsigned)DUMP_PAGE_MAPPED;

		assert_int_equal(dump_page_kind(&page),
				 rest == 1 ? DUMP_PAGE_IS_ZERO :
				 rest == 2 ? DUMP_PAGE_IS_SHARED : DUMP_PAGE_IS_INVALID);
		page.bytes[7] = 0x55; /* reserved */
		assert_int_equal(dump_page_kind(&page),
				 rest == 1 ? DUMP_PAGE_IS_ZERO :
				 rest == 2 ? DUMP_PAGE_IS_SHARED : DUMP_PAGE_IS_INVALID);
		page.bytes[14] = 1;
		assert_int_equal(dump_page_kind(&page), DUMP_PAGE_IS_INVALID);
		page.bytes[3] = 0xfe; /* no mark: a tweak component */
		assert_int_equal(dump_page_kind(&page), DUMP_PAGE_IS_ENCRYPTED);
	}
}

/* --- What the hypervisor writes around it ---------------------------------------------- */

/* Two CPUs and 2 MiB, as measured with readelf on such a file. */
static void the_layout_of_the_file(void **state)
{
	const struct host_vmcore_shape shape = {
		.memory_size = 0x200000, .cpu_count = 2, .cpu_area_size = 0x1000,
		.state_per_mib = 0x1000, .completion_size = 0x1000,
	};
	struct host_vmcore_layout layout;
	struct error err = { 0 };

	(void)state;
	assert_ok(host_vmcore_plan(&layout, &shape, &err), &err);
	assert_int_equal(layout.notes, 432);
	assert_int_equal(layout.notes_size, 10712);
	assert_int_equal(layout.memory, 0x2b88);
	assert_int_equal(layout.state, 0x202b88);
	assert_int_equal(layout.state_size, 0x2000);
	assert_int_equal(layout.completion, 0x204b88);
	assert_int_equal(layout.names, 0x205b88);
	assert_int_equal(layout.file_size, 2120619);
	assert_int_equal(host_vmcore_cpu_size(&shape), 1240 + 20 + 4096);
	assert_memory_equal(host_vmcore_names, "\0pv_mem_meta\0pv_compl\0\0\0\0.shstrtab", 35);
}

static void impossible_shapes_are_refused(void **state)
{
	const struct host_vmcore_shape good = {
		.memory_size = 0x100000, .cpu_count = 1, .cpu_area_size = 0x1000,
		.state_per_mib = 0x1000, .completion_size = 0x1000,
	};
	struct host_vmcore_layout layout;
	struct host_vmcore_shape shape;

	(void)state;
	shape = good;
	shape.memory_size = 0;
	assert_int_equal(host_vmcore_plan(&layout, &shape, NULL), ERR_INVALID);
	shape.memory_size = 0x100000 + 4096;
	assert_int_equal(host_vmcore_plan(&layout, &shape, NULL), ERR_INVALID);
	shape.memory_size = UINT64_C(0xfffffffffff00000);
	assert_int_equal(host_vmcore_plan(&layout, &shape, NULL), ERR_INVALID);
	shape = good;
	shape.state_per_mib = SIZE_MAX / 2;
	shape.memory_size = 0x400000;
	assert_int_equal(host_vmcore_plan(&layout, &shape, NULL), ERR_INVALID);
	shape = good;
	shape.extra_notes_size = SIZE_MAX - 1000;
	assert_int_equal(host_vmcore_plan(&layout, &shape, NULL), ERR_INVALID);
}

static void notes_come_back(void **state)
{
	struct cpu_state cpu = vector_cpu(), back = { 0 };
	uint8_t notes[2048];
	size_t size = cpu_notes_size(&cpu);

	(void)state;
	for (uint32_t i = 0; i < VECTOR_COUNT; i++)
		count_up(cpu.vectors[i], VECTOR_SIZE, (uint8_t)(7 * i));
	for (size_t i = 0; i < 16; i++) {
		cpu.acrs[i] = (uint32_t)(0x20 + i);
		cpu.crs[i] = 0x30 + i;
	}
	cpu.fpc = 1;
	cpu.tod_programmable = 2;
	cpu.cpu_timer = 3;
	cpu.clock_comparator = 4;
	cpu.guarded_storage[2] = 5;
	assert_int_equal(size, 1240);
	assert_ptr_equal(cpu_notes_write(notes, &cpu, 3, NOTE_ORDER_HOST), notes + size);
	assert_int_equal(notes[20 + 32 + 3], 3); /* the PID in the first one */
	for (size_t at = 0; at < size;) {
		const struct elf_note *head = (const void *)(notes + at);
		const uint8_t *content = notes + at + 20;

		assert_true(cpu_note_read(&back, be32_get(head->type), content,
					  be32_get(head->size)));
		assert_false(cpu_note_read(&back, be32_get(head->type), content,
					   be32_get(head->size) + 4u));
		at += 20 + be32_get(head->size);
	}
	assert_memory_equal(&back, &cpu, sizeof(cpu));
	assert_true(cpu_note_read(&back, 0x777, notes, 4)); /* of no interest */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_dump_key),
		cmocka_unit_test(the_completion_area),
		cmocka_unit_test(the_cpu_area),
		cmocka_unit_test(a_page),
		cmocka_unit_test(every_bit_of_the_completion_area_counts),
		cmocka_unit_test(every_bit_of_the_cpu_area_counts),
		cmocka_unit_test(every_flag_byte_has_its_meaning),
		cmocka_unit_test(the_layout_of_the_file),
		cmocka_unit_test(impossible_shapes_are_refused),
		cmocka_unit_test(notes_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
