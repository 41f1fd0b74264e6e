/* SPDX-License-Identifier: MIT */
/*
 * Where components may go, which signature entries are taken, and what there is
 * room for. See docs/reference/boot-map.md, "Loading".
 */
#include "unit.h"

#include <string.h>

#include "ipl_fixture.h"

/* The entry of the golden disk's table that is a signature, and what a test adds. */
enum { ENTRY_SIGNATURE = 2 };
enum { REPORT_ADDED = 6 };

static uint32_t cei(const struct ipl_world *world, unsigned component)
{
	return be32_get(ipl_report_of(world)->components[component].cei);
}

/* --- Components ------------------------------------------------------------------------ */

/* A disk whose program has one component more, put in by the test. */
static struct ipl_world *with_component(uint64_t address, size_t size)
{
	struct ipl_world *world = ipl_world_new(512);

	ipl_add_program(world, &ipl_stage3_attributes, &ipl_kernel_attributes);
	ipl_add_zeros(world, address, size);
	ipl_add_exec(world, STAGE3_PSW);
	ipl_write_tables(world);
	return world;
}

static void unsigned_components_keep_off_the_prefix_area(void **state)
{
	struct ipl_world *world = with_component(0x1fff, 1);

	(void)state;
	ipl_assert_outcome(world, &ipl_warned, IPL_PROBLEM_UNSIGNED_LOW);
	/* In secure mode not a byte of it gets there. */
	memset(world->storage, 0x55, 0x2000);
	assert_int_equal(ipl_run(world, IPL_SECURE), LOAD_STOP);
	assert_int_equal(world->storage[0x1fff], 0x55);
	assert_int_equal(ipl_run(world, IPL_AUDIT), LOAD_DONE);
	assert_int_equal(cei(world, REPORT_ADDED), CEI_UNSIGNED_LOW);
	ipl_world_free(world);
	world = ipl_world_new(512);
	ipl_add_zeros(world, 0x2000, 512);
	ipl_add_program(world, &ipl_stage3_attributes, &ipl_kernel_attributes);
	ipl_add_exec(world, STAGE3_PSW);
	ipl_write_tables(world);
	assert_int_equal(ipl_run(world, IPL_AUDIT), LOAD_DONE);
	assert_false(ipl_told(world, LOAD_WARNING, IPL_PROBLEM_UNSIGNED_LOW));
	ipl_world_free(world);
}

static void signed_components_keep_off_the_prefix_area(void **state)
{
	static uint8_t content[512];
	struct ipl_world *world = ipl_world_new(512);

	(void)state;
	ipl_fill(content, sizeof(content), &ipl_kernel_attributes);
	ipl_add_signed(world, 0x1000, content, sizeof(content), 0);
	ipl_add_exec(world, STAGE3_PSW);
	ipl_write_tables(world);
	memset(world->storage, 0x55, 0x2000);
	assert_int_equal(ipl_run(world, IPL_SECURE), LOAD_TRY_NEXT);
	assert_true(ipl_told(world, LOAD_FAILED, IPL_PROBLEM_LOW_STORAGE));
	assert_int_equal(world->storage[0x1000], 0x55);
	ipl_world_free(world);
}

static void overlaps_in_both_directions(void **state)
{
	struct ipl_world *world = with_component(KERNEL_IMAGE_ADDRESS + IPL_KERNEL_SIZE - 1, 512);

	(void)state;
	ipl_assert_outcome(world, &ipl_warned, IPL_PROBLEM_OVERLAP);
	ipl_world_free(world);
	world = with_component(KERNEL_IMAGE_ADDRESS + IPL_KERNEL_SIZE, 512);
	assert_int_equal(ipl_run(world, IPL_SECURE), LOAD_DONE);
	ipl_world_free(world);
	world = ipl_world_new(512);
	ipl_add_zeros(world, KERNEL_IMAGE_ADDRESS + IPL_KERNEL_SIZE - 1, 512);
	ipl_add_program(world, &ipl_stage3_attributes, &ipl_kernel_attributes);
	ipl_add_exec(world, STAGE3_PSW);
	ipl_write_tables(world);
	ipl_assert_outcome(world, &ipl_warned, IPL_PROBLEM_OVERLAP);
	ipl_world_free(world);
}

static void nothing_goes_over_the_loader(void **state)
{
	static const struct {
		uint64_t address;
		size_t size;
		enum ipl_problem problem;
		bool in_normal_mode;
	} places[] = {
		{ IPL_LOADER, 512, IPL_PROBLEM_RESERVED_STORAGE, true },
		{ IPL_LOADER - 512, 1024, IPL_PROBLEM_RESERVED_STORAGE, true },
		{ IPL_LOADER + IPL_LOADER_SIZE - 1, 512, IPL_PROBLEM_RESERVED_STORAGE, true },
		{ IPL_BLOCK + IPLB_SIZE + 100, 512, IPL_PROBLEM_RESERVED_STORAGE, false },
		{ IPL_CERTIFICATES, 512, IPL_PROBLEM_RESERVED_STORAGE, false },
		{ IPL_STORAGE_SIZE - 511, 512, IPL_PROBLEM_OUTSIDE_STORAGE, true },
		{ IPL_STORAGE_SIZE, 512, IPL_PROBLEM_OUTSIDE_STORAGE, true },
		{ UINT64_MAX - 100, 512, IPL_PROBLEM_OUTSIDE_STORAGE, true },
	};
	struct ipl_world *world;

	(void)state;
	for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const struct ipl_outcome outcome = {
			places[i].in_normal_mode ? LOAD_TRY_NEXT : LOAD_DONE,
			LOAD_TRY_NEXT, LOAD_TRY_NEXT,
		};

		world = with_component(places[i].address, places[i].size);
		memset(world->storage + IPL_LOADER, 0x55, IPL_LOADER_SIZE);
		ipl_assert_outcome(world, &outcome, places[i].problem);
		for (size_t at = 0; at < IPL_LOADER_SIZE; at++)
			assert_int_equal(world->storage[IPL_LOADER + at], 0x55);
		ipl_world_free(world);
	}
	world = with_component(IPL_STORAGE_SIZE - 512, 512);
	assert_int_equal(ipl_run(world, IPL_SECURE), LOAD_DONE);
	ipl_world_free(world);
}

/* --- Signature entries ----------------------------------------------------------------- */

static void assert_signature_fails(const struct component_entry *signature,
				   enum ipl_problem problem)
{
	struct ipl_world *world = ipl_golden(512);
	struct component_entry *entry;

	world->next = 2000; /* new tables */
	entry = &world->entries[ENTRY_SIGNATURE];
	entry->signature = signature->signature;
	ipl_write_tables(world);
	ipl_assert_outcome(world, &ipl_failed, problem);
	ipl_world_free(world);
}

static void signature_entries_are_checked(void **state)
{
	struct component_entry entry = { .signature = { .format = 1 } };
	static const uint32_t sizes[] = { 0, 513, 4096, 4097, UINT32_MAX };

	(void)state;
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		entry.signature.size = be32(sizes[i]);
		assert_signature_fails(&entry, IPL_PROBLEM_SIGNATURE_SIZE);
	}
	entry.signature.size = be32(32);
	for (entry.signature.format = 0; entry.signature.format <= 2;
	     entry.signature.format += 2)
		assert_signature_fails(&entry, IPL_PROBLEM_SIGNATURE_FORMAT);
}

/* Of 4096 bytes on the disk, and one block more. */
static void long_signatures(void **state)
{
	static const uint8_t bytes[4096 + 512];
	struct ipl_world *world;

	(void)state;
	for (size_t size = 4096; size <= sizeof(bytes); size += 512) {
		struct component_entry *entry;

		world = ipl_world_new(512);
		entry = ipl_add(world, COMPONENT_SIGNATURE,
				ipl_put_segment(world, bytes, size), 0);
		entry->signature.format = SIGNATURE_DER_PKCS7;
		entry->signature.size = be32(4096);
		ipl_add_program(world, &ipl_stage3_attributes, &ipl_kernel_attributes);
		ipl_add_exec(world, STAGE3_PSW);
		ipl_write_tables(world);
		if (size == 4096)
			ipl_assert_outcome(world, &ipl_warned, IPL_PROBLEM_SCLAB_MAGIC);
		else
			ipl_assert_outcome(world, &ipl_failed, IPL_PROBLEM_SIGNATURE_SIZE);
		ipl_world_free(world);
	}
}

static void signature_before_exec(void **state)
{
	struct ipl_world *world = ipl_world_new(512);

	(void)state;
	ipl_add_program(world, &ipl_stage3_attributes, &ipl_kernel_attributes);
	world->entries[world->entry_count++] = world->entries[ENTRY_SIGNATURE];
	ipl_add_exec(world, STAGE3_PSW);
	ipl_write_tables(world);
	ipl_assert_outcome(world, &ipl_failed, IPL_PROBLEM_SIGNATURE_ALONE);
	ipl_world_free(world);
}

/* --- Certificates and report -------------------------------------------------------------- */

static void certificates_need_room(void **state)
{
	static const struct ipl_outcome outcome = { LOAD_DONE, LOAD_STOP, LOAD_STOP };
	struct ipl_world *world = ipl_golden(512);

	(void)state;
	world->certificate_size = IPL_CERTIFICATES_SIZE;
	assert_int_equal(ipl_run(world, IPL_SECURE), LOAD_DONE);
	world->certificate_size++;
	ipl_assert_outcome(world, &outcome, IPL_PROBLEM_CERTIFICATE_ROOM);
	ipl_world_free(world);
}

static void each_signer_has_its_certificate(void **state)
{
	static uint8_t content[IPL_STAGE3_SIZE];
	struct ipl_world *world = ipl_world_new(512);

	(void)state;
	ipl_fill(content, sizeof(content), &ipl_stage3_attributes);
	ipl_add_signed(world, STAGE3_ADDRESS, content, sizeof(content), 63);
	ipl_fill(content, IPL_KERNEL_SIZE, &ipl_kernel_attributes);
	ipl_add_signed(world, KERNEL_IMAGE_ADDRESS, content, IPL_KERNEL_SIZE, 0);
	ipl_add_signed(world, 0x30000, content, IPL_KERNEL_SIZE, 63);
	ipl_add_exec(world, STAGE3_PSW);
	ipl_write_tables(world);
	assert_int_equal(ipl_run(world, IPL_SECURE), LOAD_DONE);
	assert_int_equal(ipl_report_of(world)->certificate_count, 2);
	assert_int_equal(be16_get(ipl_report_of(world)->components[0].certificate), 0);
	assert_int_equal(be16_get(ipl_report_of(world)->components[1].certificate), 1);
	assert_int_equal(be16_get(ipl_report_of(world)->components[2].certificate), 0);
	assert_int_equal(world->storage[IPL_CERTIFICATES], 0xc0 + 63);
	assert_int_equal(world->storage[IPL_CERTIFICATES + world->certificate_size], 0xc0);
	ipl_world_free(world);
}

/* No hypervisor has so many; the byte that says so could hold it. */
static void signer_beyond_the_store(void **state)
{
	static uint8_t content[IPL_STAGE3_SIZE];
	struct ipl_world *world = ipl_world_new(512);

	(void)state;
	ipl_fill(content, sizeof(content), &ipl_stage3_attributes);
	ipl_add_signed(world, STAGE3_ADDRESS, content, sizeof(content), 64);
	ipl_add_exec(world, STAGE3_PSW);
	ipl_write_tables(world);
	ipl_assert_outcome(world, &ipl_failed, IPL_PROBLEM_CERTIFICATE);
	ipl_world_free(world);
}

static void report_needs_a_block_of_sane_length(void **state)
{
	static const struct ipl_outcome outcome = { LOAD_DONE, LOAD_STOP, LOAD_STOP };
	struct ipl_world *world = ipl_golden(512);
	struct iplb *iplb = (struct iplb *)(world->storage + IPL_BLOCK);

	(void)state;
	iplb->length = be32(4092);
	ipl_assert_outcome(world, &outcome, IPL_PROBLEM_REPORT_PLACE);
	iplb->length = be32(4104);
	ipl_assert_outcome(world, &outcome, IPL_PROBLEM_REPORT_PLACE);
	ipl_world_free(world);
}

/* --- The table ------------------------------------------------------------------------------- */

static void unknown_entries_fail(void **state)
{
	static const struct ipl_outcome outcome = { LOAD_TRY_NEXT, LOAD_TRY_NEXT, LOAD_TRY_NEXT };
	struct ipl_world *world = ipl_world_new(512);

	(void)state;
	ipl_add(world, 4, 0, 0);
	ipl_write_tables(world);
	ipl_assert_outcome(world, &outcome, IPL_PROBLEM_ENTRY_TYPE);
	ipl_world_free(world);
	world = ipl_world_new(512);
	ipl_add(world, COMPONENT_LOAD, 0, 0x2000);
	ipl_write_tables(world);
	ipl_assert_outcome(world, &outcome, IPL_PROBLEM_EMPTY);
	ipl_world_free(world);
}

/* 126 components and where to start fill a table of the largest block. */
static void full_tables(void **state)
{
	static const struct ipl_outcome outcome = { LOAD_TRY_NEXT, LOAD_TRY_NEXT, LOAD_TRY_NEXT };
	static uint8_t content[4096];
	struct ipl_world *world;

	(void)state;
	ipl_fill(content, sizeof(content), &ipl_stage3_attributes);
	for (unsigned count = 126; count <= 127; count++) {
		world = ipl_world_new(4096);
		ipl_add_signed(world, STAGE3_ADDRESS, content, sizeof(content), 0);
		for (unsigned i = 2; i < count; i++)
			ipl_add_zeros(world, 0x10000 + i * 4096UL, 4096);
		ipl_add_exec(world, STAGE3_PSW);
		ipl_write_tables(world);
		if (count == 126) {
			assert_int_equal(ipl_run(world, IPL_SECURE), LOAD_DONE);
			assert_int_equal(ipl_report_of(world)->component_count, 126);
		} else {
			ipl_assert_outcome(world, &outcome, IPL_PROBLEM_NO_EXEC);
		}
		ipl_world_free(world);
	}
}

static void programs_are_chosen_by_number(void **state)
{
	static const struct ipl_outcome absent = { LOAD_STOP, LOAD_STOP, LOAD_STOP };
	struct ipl_world *world = ipl_golden(512);

	(void)state;
	for (unsigned number = 1; number <= 32; number++) {
		world->request.program = number;
		ipl_assert_outcome(world, &absent,
			       number < 31 ? IPL_PROBLEM_PROGRAM_ABSENT
					   : IPL_PROBLEM_PROGRAM_NUMBER);
	}
	world->request.program = UINT32_MAX;
	ipl_assert_outcome(world, &absent, IPL_PROBLEM_PROGRAM_NUMBER);
	ipl_world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unsigned_components_keep_off_the_prefix_area),
		cmocka_unit_test(signed_components_keep_off_the_prefix_area),
		cmocka_unit_test(overlaps_in_both_directions),
		cmocka_unit_test(nothing_goes_over_the_loader),
		cmocka_unit_test(signature_entries_are_checked),
		cmocka_unit_test(long_signatures),
		cmocka_unit_test(signature_before_exec),
		cmocka_unit_test(certificates_need_room),
		cmocka_unit_test(each_signer_has_its_certificate),
		cmocka_unit_test(signer_beyond_the_store),
		cmocka_unit_test(report_needs_a_block_of_sane_length),
		cmocka_unit_test(unknown_entries_fail),
		cmocka_unit_test(full_tables),
		cmocka_unit_test(programs_are_chosen_by_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
