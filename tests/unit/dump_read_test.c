/* SPDX-License-Identifier: MIT */
/* Dumps, read, looked through and converted: what comes out is what went in. */
#include "dump_fixture.h"

#include <stdlib.h>

#include "dump/guest_info.h"
#include "dump/s390_dump.h"
#include "dump/target.h"

#define MIB ((uint64_t)1 << 20)

static const struct dump_maker small = { .mebibytes = 4, .cpus = 2 };
static const struct dump_maker two_systems = { .mebibytes = 6, .cpus = 1, .kdump = true };

/* The clear memory, for comparison. */
static uint8_t *clear_memory(const struct dump_maker *maker)
{
	uint8_t *memory = malloc(maker->mebibytes * MIB);

	assert_non_null(memory);
	for (uint64_t i = 0; i < maker->mebibytes * DUMP_PAGES_PER_MIB; i++)
		maker_page(maker, i, memory + i * DUMP_PAGE_SIZE);
	return memory;
}

static void check_reads(const struct made_dump *made)
{
	uint8_t *memory = clear_memory(&made->maker), *data;
	uint64_t size = made->maker.mebibytes * MIB;
	struct error err = { 0 };
	struct dump_reader *reader;
	struct dump *dump;

	data = malloc(size);
	open_made(&dump, &reader, made);
	assert_ok(dump_read(reader, 0, data, size, &err), &err);
	assert_memory_equal(data, memory, size);
	srand(1);
	for (int i = 0; i < 2000; i++) {
		uint64_t address = (uint64_t)rand() % size;
		size_t count = (size_t)rand() % 20000;

		if (count > size - address)
			count = (size_t)(size - address);
		assert_ok(dump_read(reader, address, data, count, &err), &err);
		assert_memory_equal(data, memory + address, count);
	}
	assert_int_equal(dump_read(reader, size, data, 1, NULL), ERR_NOT_FOUND);
	assert_int_equal(dump_read(reader, size - 1, data, 2, NULL), ERR_NOT_FOUND);
	assert_int_equal(dump_read(reader, UINT64_MAX, data, 2, NULL), ERR_NOT_FOUND);
	close_made(dump, reader);
	free(memory);
	free(data);
}

static void memory_of_all_kinds_of_pages(void **state)
{
	struct made_dump made;
	size_t kinds[4] = { 0 };

	(void)state;
	make_protected(&made, small);
	for (uint64_t i = 0; i < 4 * DUMP_PAGES_PER_MIB; i++)
		kinds[maker_kind(&made.maker, i)]++;
	assert_true(kinds[DUMP_PAGE_IS_ENCRYPTED] && kinds[DUMP_PAGE_IS_ZERO] &&
		    kinds[DUMP_PAGE_IS_SHARED]);
	check_reads(&made);
	unmake(&made);
}

static void memory_of_a_plain_dump(void **state)
{
	struct made_dump made;

	(void)state;
	make_plain(&made, small);
	check_reads(&made);
	unmake(&made);
}

static void registers_of(const struct made_dump *made)
{
	struct dump_reader *reader;
	const struct cpu_state *cpus;
	struct dump *dump;
	size_t count;

	open_made(&dump, &reader, made);
	cpus = dump_cpus(dump, &count);
	assert_int_equal(count, made->maker.cpus);
	for (uint32_t i = 0; i < count; i++) {
		struct cpu_state expected = maker_cpu(&made->maker, i);

		assert_memory_equal(&cpus[i], &expected, sizeof(expected));
	}
	close_made(dump, reader);
}

static void registers(void **state)
{
	struct dump_maker many = { .mebibytes = 1, .cpus = 40, .partial = true };
	struct made_dump made;

	(void)state;
	make_protected(&made, many);
	registers_of(&made);
	unmake(&made);
	many.partial = false; /* nothing tells it of a plain dump */
	make_plain(&made, many);
	registers_of(&made);
	unmake(&made);
}

static void count_warnings(void *context, enum log_level level, const char *text)
{
	(void)text;
	*(int *)context += level == LOG_WARN;
}

static void a_partial_cpu_is_remarked(void **state)
{
	struct dump_maker maker = { .mebibytes = 1, .cpus = 3, .partial = true };
	int warnings = 0;
	const struct log log = { count_warnings, &warnings };
	struct error err = { 0 };
	struct made_dump made;
	struct dump *dump;

	(void)state;
	make_protected(&made, maker);
	assert_ok(dump_open(&dump, made.path, &log, &err), &err);
	assert_ok(dump_unlock(dump, made.cck, &err), &err);
	assert_int_equal(warnings, 1);
	dump_close(dump);
	unmake(&made);
}

static void a_locked_dump_tells_its_form_only(void **state)
{
	struct error err = { 0 };
	struct dump_reader *reader;
	struct made_dump made;
	struct dump *dump;
	size_t count;

	(void)state;
	make_protected(&made, small);
	assert_ok(dump_open(&dump, made.path, NULL, &err), &err);
	assert_true(dump_is_protected(dump));
	assert_null(dump_cpus(dump, &count));
	assert_int_equal(count, 2);
	assert_int_equal(dump_chunks(dump, &count)->size, 4 * MIB);
	assert_int_equal(count, 1);
	assert_int_equal(dump_reader_new(&reader, dump, NULL), ERR_REFUSED);
	assert_null(reader);
	dump_close(dump);
	unmake(&made);
}

/* --- What Linux leaves ------------------------------------------------------------- */

static void names_and_vmcoreinfo(void **state)
{
	struct dump_reader *reader;
	struct error err = { 0 };
	struct guest_info info;
	struct dump_view view;
	struct made_dump made;
	struct dump *dump;

	(void)state;
	make_protected(&made, small);
	open_made(&dump, &reader, &made);
	assert_ok(dump_view_make(&view, dump, reader, DUMP_SYSTEM_UNSPECIFIED, &err), &err);
	guest_info_find(&info, &view, reader, NULL, 0);
	assert_true(info.has_uts);
	assert_false(info.is_live);
	assert_string_equal(info.node_name, MAKER_NODE);
	assert_string_equal(info.release, MAKER_RELEASE);
	assert_string_equal(info.version, MAKER_VERSION);
	assert_string_equal(info.vmcoreinfo, maker_vmcoreinfo());
	guest_info_free(&info);
	dump_view_free(&view);
	close_made(dump, reader);
	unmake(&made);
}

static void nothing_of_it_has_to_be_there(void **state)
{
	struct dump_maker maker = small;
	struct dump_reader *reader;
	struct error err = { 0 };
	struct guest_info info;
	struct dump_view view;
	struct made_dump made;
	struct dump *dump;

	(void)state;
	maker.no_linux = true;
	make_protected(&made, maker);
	open_made(&dump, &reader, &made);
	assert_ok(dump_view_make(&view, dump, reader, DUMP_SYSTEM_UNSPECIFIED, &err), &err);
	guest_info_find(&info, &view, reader, NULL, 0);
	assert_false(info.has_uts);
	assert_null(info.vmcoreinfo);
	guest_info_find(&info, &view, reader, "X=1\n", 4);
	assert_string_equal(info.vmcoreinfo, "X=1\n");
	guest_info_free(&info);
	dump_view_free(&view);
	close_made(dump, reader);
	unmake(&made);
}

/* --- Two systems --------------------------------------------------------------------- */

/* Where page @page of the view comes from; UINT64_MAX = nowhere. */
static uint64_t expected_source(enum dump_system system, uint64_t page)
{
	const uint64_t size = MAKER_KDUMP_SIZE / DUMP_PAGE_SIZE;
	const uint64_t base = MAKER_KDUMP_BASE / DUMP_PAGE_SIZE;

	if (system == DUMP_SYSTEM_ALL)
		return page;
	if (system == DUMP_SYSTEM_KDUMP)
		return page < size ? page : UINT64_MAX;
	if (page < size)
		return page + base;
	return page >= base && page < base + size ? UINT64_MAX : page;
}

static void check_system(const struct made_dump *made, enum dump_system system)
{
	uint8_t page[DUMP_PAGE_SIZE], expected[DUMP_PAGE_SIZE];
	struct error err = { 0 };
	struct dump_reader *reader;
	struct dump_view view;
	struct dump *dump;

	open_made(&dump, &reader, made);
	assert_ok(dump_view_make(&view, dump, reader, system, &err), &err);
	for (uint64_t i = 0; i < made->maker.mebibytes * DUMP_PAGES_PER_MIB; i++) {
		uint64_t source = expected_source(system, i);
		int rc = dump_view_read(&view, reader, i * DUMP_PAGE_SIZE, page, sizeof(page),
					&err);

		if (source == UINT64_MAX) {
			assert_int_equal(rc, ERR_NOT_FOUND);
			continue;
		}
		assert_ok(rc, &err);
		maker_page(&made->maker, source, expected);
		assert_memory_equal(page, expected, sizeof(page));
	}
	dump_view_free(&view);
	close_made(dump, reader);
}

static void two_systems_are_told_apart(void **state)
{
	struct dump_reader *reader;
	struct dump_view view;
	struct made_dump made;
	struct dump *dump;

	(void)state;
	make_protected(&made, two_systems);
	check_system(&made, DUMP_SYSTEM_ALL);
	check_system(&made, DUMP_SYSTEM_KDUMP);
	check_system(&made, DUMP_SYSTEM_PRODUCTION);
	open_made(&dump, &reader, &made);
	assert_int_equal(dump_view_make(&view, dump, reader, DUMP_SYSTEM_UNSPECIFIED, NULL),
			 ERR_INVALID);
	close_made(dump, reader);
	unmake(&made);
	make_protected(&made, small);
	open_made(&dump, &reader, &made);
	assert_int_equal(dump_view_make(&view, dump, reader, DUMP_SYSTEM_PRODUCTION, NULL),
			 ERR_INVALID);
	close_made(dump, reader);
	unmake(&made);
}

/* --- Targets ------------------------------------------------------------------------- */

struct converted {
	struct dump *dump;
	struct dump_reader *reader;
	struct dump_view view;
	struct target *target;
	uint64_t size;
	uint8_t *bytes;
};

static void convert(struct converted *c, const struct made_dump *made,
		    enum dump_format format, enum dump_system system, const char *vmcoreinfo)
{
	struct target_input input = { .view = &c->view, .vmcoreinfo = vmcoreinfo };
	struct error err = { 0 };

	open_made(&c->dump, &c->reader, made);
	assert_ok(dump_view_make(&c->view, c->dump, c->reader, system, &err), &err);
	input.cpus = dump_cpus(c->dump, &input.cpu_count);
	input.vmcoreinfo_length = vmcoreinfo ? strlen(vmcoreinfo) : 0;
	assert_ok(target_new(&c->target, format, &input, c->reader, &err), &err);
	c->size = target_size(c->target);
	c->bytes = malloc(c->size);
	assert_ok(target_read(c->target, c->reader, 0, c->bytes, c->size, &err), &err);
	assert_int_equal(target_read(c->target, c->reader, c->size, c->bytes, 1, NULL),
			 ERR_INVALID);
}

static void release(struct converted *c)
{
	free(c->bytes);
	target_free(c->target);
	dump_view_free(&c->view);
	dump_reader_free(c->reader);
	dump_close(c->dump);
}

/* Read again, an ELF target is a plain dump with the same memory and registers. */
static void elf_comes_back(void **state)
{
	struct made_dump made, again = { 0 };
	struct dump_reader *reader;
	struct converted c;
	struct dump *dump;
	const char *note;
	size_t length;

	(void)state;
	make_protected(&made, small);
	convert(&c, &made, DUMP_FORMAT_ELF, DUMP_SYSTEM_UNSPECIFIED, "A=1\nB=2\n");
	make_empty(&again);
	assert_int_equal(write(again.fd, c.bytes, c.size), c.size);
	again.maker = made.maker;
	check_reads(&again);
	registers_of(&again);
	open_made(&dump, &reader, &again);
	assert_false(dump_is_protected(dump));
	note = dump_vmcoreinfo_note(dump, &length);
	assert_int_equal(length, 8);
	assert_string_equal(note, "A=1\nB=2\n");
	/* Memory begins on a page. */
	assert_int_equal(dump_chunks(dump, &length)->offset % DUMP_PAGE_SIZE, 0);
	close_made(dump, reader);
	release(&c);
	unmake(&again);
	unmake(&made);
}

static void targets_can_be_read_anywhere(void **state)
{
	static const enum dump_format formats[] = { DUMP_FORMAT_ELF, DUMP_FORMAT_S390 };
	struct error err = { 0 };
	uint8_t data[9000];
	struct made_dump made;

	(void)state;
	make_protected(&made, two_systems);
	srand(2);
	for (size_t f = 0; f < 2; f++) {
		struct converted c;

		convert(&c, &made, formats[f], DUMP_SYSTEM_PRODUCTION, NULL);
		for (int i = 0; i < 3000; i++) {
			uint64_t offset = (uint64_t)rand() % c.size;
			size_t count = (size_t)rand() % sizeof(data);

			if (count > c.size - offset)
				count = (size_t)(c.size - offset);
			assert_ok(target_read(c.target, c.reader, offset, data, count, &err), &err);
			assert_memory_equal(data, c.bytes + offset, count);
		}
		release(&c);
	}
	unmake(&made);
}

/* Wherever target_next_data() passes over, there are zeros. */
static void holes_are_holes(void **state)
{
	struct made_dump made;
	struct converted c;
	uint64_t skipped = 0;

	(void)state;
	make_protected(&made, two_systems);
	convert(&c, &made, DUMP_FORMAT_S390, DUMP_SYSTEM_PRODUCTION, NULL);
	for (uint64_t at = 0; at < c.size; at++) {
		uint64_t next = target_next_data(c.target, at);

		for (; at < next; at++, skipped++)
			assert_int_equal(c.bytes[at], 0);
	}
	assert_int_equal(skipped, MAKER_KDUMP_SIZE); /* what was moved away */
	release(&c);
	unmake(&made);
}

static void the_s390_format(void **state)
{
	const struct s390_dump_header *header;
	const struct s390_dump_end *end;
	struct made_dump made;
	struct converted c;
	uint8_t *memory;

	(void)state;
	make_protected(&made, small);
	memory = clear_memory(&made.maker);
	convert(&c, &made, DUMP_FORMAT_S390, DUMP_SYSTEM_UNSPECIFIED, NULL);
	assert_int_equal(c.size, 4096 + 4 * MIB + 16);
	header = (const void *)c.bytes;
	assert_true(be64_get(header->magic) == S390_DUMP_MAGIC);
	assert_int_equal(be64_get(header->memory_size), 4 * MIB);
	assert_int_equal(be32_get(header->page_count), 1024);
	assert_int_equal(be16_get(header->cpu_count), 2);
	assert_int_equal(be32_get(header->prefixes[1]), MAKER_PREFIX(1));
	end = (const void *)(c.bytes + c.size - sizeof(*end));
	assert_memory_equal(end->mark, "DUMP_END", 8);

	for (uint32_t i = 0; i < 2; i++) {
		struct cpu_state cpu = maker_cpu(&made.maker, i);
		uint8_t *prefix = memory + MAKER_PREFIX(i);
		const uint8_t *there = c.bytes + 4096 + MAKER_PREFIX(i);
		const struct stored_registers *regs = (const void *)(there + 0x1200);
		const struct stored_control *control = (const void *)(there + 0x1340);
		const struct stored_timers *timers = (const void *)(there + 0x1328);
		const struct stored_prefix *stored = (const void *)(there + 0x1318);

		assert_true(be64_get(regs->psw_address) == cpu.psw_address);
		assert_memory_equal(regs->fprs[15], cpu.vectors[15], 8);
		assert_true(be64_get(regs->gprs[15]) == cpu.gprs[15]);
		assert_int_equal(be32_get(stored->prefix), cpu.prefix);
		assert_int_equal(be32_get(stored->fpc), cpu.fpc);
		assert_true(be64_get(timers->clock_comparator) == cpu.clock_comparator);
		assert_int_equal(be32_get(control->acrs[15]), cpu.acrs[15]);
		assert_true(be64_get(control->crs[15]) == cpu.crs[15]);
		assert_memory_equal(c.bytes + 4096 + MAKER_VECTORS(i), cpu.vectors, 512);
		/* Between them, memory stays. */
		memcpy(prefix + 0x1200, there + 0x1200, 0x110);
		memcpy(prefix + 0x1318, there + 0x1318, 8);
		memcpy(prefix + 0x1328, there + 0x1328, 16);
		memcpy(prefix + 0x1340, there + 0x1340, 0xc0);
		memcpy(memory + MAKER_VECTORS(i), c.bytes + 4096 + MAKER_VECTORS(i), 512);
	}
	assert_memory_equal(c.bytes + 4096, memory, 4 * MIB);
	release(&c);
	free(memory);
	unmake(&made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_of_all_kinds_of_pages),
		cmocka_unit_test(memory_of_a_plain_dump),
		cmocka_unit_test(registers),
		cmocka_unit_test(a_partial_cpu_is_remarked),
		cmocka_unit_test(a_locked_dump_tells_its_form_only),
		cmocka_unit_test(names_and_vmcoreinfo),
		cmocka_unit_test(nothing_of_it_has_to_be_there),
		cmocka_unit_test(two_systems_are_told_apart),
		cmocka_unit_test(elf_comes_back),
		cmocka_unit_test(targets_can_be_read_anywhere),
		cmocka_unit_test(holes_are_holes),
		cmocka_unit_test(the_s390_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
