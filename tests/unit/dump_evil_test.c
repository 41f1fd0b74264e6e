/* SPDX-License-Identifier: MIT */
/*
 * Dumps with one thing changed, field by field: each is refused for what it is,
 * or read as before where the field does not matter.
 */
#include "dump_fixture.h"

#include <stdlib.h>

#include "base/hex.h"
#include "dump/elf.h"

#define MEMORY_SIZE ((size_t)1 << 20)
#define SECTION(index) (64u + 64u * (index))
#define PROGRAM(index) (64u + 4u * 64u + 56u * (index))
#define NOTES (PROGRAM(2))
#define CPU_NOTE(index) (NOTES + (index) * (1240u + 20u + 4096u) + 1240u)
#define CPU_AREA(index) (CPU_NOTE(index) + 20)

/* One MiB and two CPUs; what lies behind the notes: */
static struct host_vmcore_layout layout;
static struct made_dump made;

static int set_up(void **state)
{
	const struct dump_maker maker = { .mebibytes = 1, .cpus = 2 };
	struct host_vmcore_shape shape;

	(void)state;
	make_protected(&made, maker);
	maker_shape(&made.maker, &shape, &layout);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unmake(&made);
	return 0;
}

/* How the first step fails that fails: opening, unlocking, reading all memory. */
static int fate_with(const struct secret *cck, struct error *err)
{
	static uint8_t memory[MEMORY_SIZE];
	struct dump_reader *reader = NULL;
	struct dump *dump;
	int rc = dump_open(&dump, made.path, NULL, err);

	if (rc == 0)
		rc = dump_unlock(dump, cck, err);
	if (rc == 0)
		rc = dump_reader_new(&reader, dump, err);
	if (rc == 0)
		rc = dump_read(reader, 0, memory, sizeof(memory), err);
	close_made(dump, reader);
	return rc;
}

static int fate(void)
{
	return fate_with(made.cck, NULL);
}

struct row {
	uint64_t at;
	const char *digits; /* bytes to put there */
	int expected;
	const char *words;  /* in the message or its cause; NULL = any */
};

static void check_row(const struct row *row, const char *file, int line)
{
	uint8_t before[64], bytes[64];
	size_t size = strlen(row->digits) / 2;
	struct error err = { 0 };
	int rc;

	assert_int_equal(hex_decode(bytes, size, row->digits, 2 * size, NULL), 0);
	assert_int_equal(pread(made.fd, before, size, (off_t)row->at), size);
	assert_int_equal(pwrite(made.fd, bytes, size, (off_t)row->at), size);
	rc = fate_with(made.cck, &err);
	if (rc != row->expected)
		print_error("0x%llx %s: %d: %s: %s\n", (unsigned long long)row->at, row->digits,
			    rc, err.message, err.cause);
	assert_int_equal(pwrite(made.fd, before, size, (off_t)row->at), size);
	_assert_int_equal(rc, row->expected, file, line);
	if (row->words && !strstr(err.message, row->words) && !strstr(err.cause, row->words))
		fail_msg("0x%llx: '%s' is not in: %s: %s", (unsigned long long)row->at,
			 row->words, err.message, err.cause);
}

#define CHECK(...) check_row(&(struct row){ __VA_ARGS__ }, __FILE__, __LINE__)

static void untouched(void **state)
{
	(void)state;
	assert_int_equal(fate(), 0);
}

static void elf_header(void **state)
{
	(void)state;
	CHECK(0x00, "7f454c47", ERR_UNSUPPORTED, "does not begin as an ELF file");
	CHECK(0x04, "01", ERR_UNSUPPORTED, "another kind of machine");
	CHECK(0x05, "01", ERR_UNSUPPORTED, "another kind of machine");
	CHECK(0x06, "02", ERR_UNSUPPORTED, "version of ELF");
	CHECK(0x10, "0002", ERR_UNSUPPORTED, "no core file");
	CHECK(0x12, "003e", ERR_UNSUPPORTED, "another kind of machine");
	CHECK(0x14, "00000002", ERR_UNSUPPORTED, "version of ELF");
	CHECK(0x18, "ffffffffffffffff", 0);
	CHECK(0x20, "ffffffffffffffff", ERR_FORMAT, "program headers");
	CHECK(0x20, "7fffffffffffffff", ERR_FORMAT, "program header");
	CHECK(0x20, "0000000000100000", ERR_FORMAT); /* in the midst of memory */
	CHECK(0x28, "ffffffffffffffc1", ERR_FORMAT, "section headers");
	CHECK(0x28, "0fffffffffffffff", ERR_FORMAT, "section header");
	CHECK(0x30, "ffffffff", 0);
	CHECK(0x34, "0008", 0); /* as QEMU has it */
	CHECK(0x36, "0020", ERR_FORMAT, "0x36");
	CHECK(0x38, "0000", ERR_FORMAT, "no memory");
	CHECK(0x38, "0001", ERR_FORMAT, "no memory");
	CHECK(0x38, "ffff", ERR_UNSUPPORTED, "65534");
	CHECK(0x38, "fffe", ERR_FORMAT);
	CHECK(0x3a, "0020", ERR_FORMAT, "0x3a");
	CHECK(0x3c, "0000", ERR_FORMAT, "lacks the section pv_compl");
	CHECK(0x3c, "ffff", ERR_FORMAT);
	CHECK(0x3e, "0000", ERR_FORMAT, "lacks the section pv_compl");
	CHECK(0x3e, "0004", ERR_FORMAT, "lacks the section pv_compl");
	CHECK(0x3e, "0001", ERR_FORMAT); /* names that are none */
}

static void sections(void **state)
{
	(void)state;
	CHECK(SECTION(1) + 0x00, "00000023", ERR_FORMAT, "none pv_mem_meta"); /* at the end */
	CHECK(SECTION(1) + 0x00, "ffffffff", ERR_FORMAT, "none pv_mem_meta");
	CHECK(SECTION(1) + 0x00, "0000000d", ERR_FORMAT, "two sections pv_compl");
	CHECK(SECTION(1) + 0x18, "ffffffffffffffff", ERR_FORMAT, "beyond the end");
	CHECK(SECTION(1) + 0x18, "7fffffffffffffff", ERR_FORMAT, "beyond the end");
	CHECK(SECTION(1) + 0x20, "ffffffffffffffff", ERR_FORMAT, "beyond the end");
	CHECK(SECTION(1) + 0x20, "0000000000000000", ERR_FORMAT, "pv_mem_meta");
	CHECK(SECTION(1) + 0x20, "0000000000000ff0", ERR_FORMAT, "256 pages");
	CHECK(SECTION(1) + 0x20, "0000000000001001", ERR_FORMAT, "256 pages");
	CHECK(SECTION(1) + 0x20, "0000000000001010", 0); /* more than needed */
	CHECK(SECTION(2) + 0x00, "00000000", ERR_FORMAT, "lacks the section pv_compl");
	CHECK(SECTION(2) + 0x18, "ffffffffffffff00", ERR_FORMAT, "beyond the end");
	CHECK(SECTION(2) + 0x20, "0000000000000000", ERR_FORMAT, "0 bytes");
	CHECK(SECTION(2) + 0x20, "000000000000011f", ERR_FORMAT, "287 bytes");
	CHECK(SECTION(2) + 0x20, "0000000000000120", 0);
	CHECK(SECTION(2) + 0x20, "0000000000001001", ERR_FORMAT, "4097 bytes");
	CHECK(SECTION(3) + 0x18, "ffffffffffffffff", ERR_FORMAT, "section names");
	CHECK(SECTION(3) + 0x20, "0000000000001001", ERR_UNSUPPORTED, "section names");
	CHECK(SECTION(3) + 0x20, "0000000000000000", ERR_FORMAT, "lacks the section");
}

static void program_headers(void **state)
{
	(void)state;
	CHECK(PROGRAM(0) + 0x00, "00000001", ERR_FORMAT); /* notes as memory: twice address 0 */
	CHECK(PROGRAM(0) + 0x08, "ffffffffffffffff", ERR_FORMAT, "beyond the end");
	CHECK(PROGRAM(0) + 0x20, "ffffffffffffffff", ERR_FORMAT, "beyond the end");
	CHECK(PROGRAM(0) + 0x20, "0000000000000008", ERR_FORMAT, "inside a note");
	CHECK(PROGRAM(1) + 0x00, "00000004", ERR_FORMAT); /* memory as notes */
	CHECK(PROGRAM(1) + 0x00, "00000007", ERR_FORMAT, "no memory");
	CHECK(PROGRAM(1) + 0x08, "ffffffffffff0000", ERR_FORMAT, "beyond the end");
	CHECK(PROGRAM(1) + 0x10, "ffffffffffffffff", 0); /* the virtual address */
	CHECK(PROGRAM(1) + 0x18, "0000000000001000", ERR_UNSUPPORTED, "from address 0");
	CHECK(PROGRAM(1) + 0x18, "fffffffffff00000", ERR_FORMAT, "end of all memory");
	CHECK(PROGRAM(1) + 0x20, "0000000000200000", ERR_FORMAT, "more bytes");
	CHECK(PROGRAM(1) + 0x20, "00000000000fffff", ERR_FORMAT, "whole number of pages");
	CHECK(PROGRAM(1) + 0x20, "0000000000000000", ERR_UNSUPPORTED, "from address 0");
	CHECK(PROGRAM(1) + 0x20, "00000000000ff000", 0); /* the rest is zero */
	CHECK(PROGRAM(1) + 0x28, "0000000000000000", ERR_FORMAT, "no memory");
	CHECK(PROGRAM(1) + 0x28, "0000000000200000", 0); /* zeros behind */
	CHECK(PROGRAM(1) + 0x28, "ffffffffffffffff", 0);
}

static void notes(void **state)
{
	(void)state;
	CHECK(NOTES + 0x00, "ffffffff", ERR_FORMAT, "beyond the end of the notes");
	CHECK(NOTES + 0x04, "ffffffff", ERR_FORMAT, "beyond the end of the notes");
	CHECK(NOTES + 0x04, "00000154", ERR_FORMAT, "does not have its size");
	CHECK(NOTES + 0x08, "00000777", 0); /* an unknown one is passed over */
	CHECK(CPU_NOTE(0) + 0x04, "00001004", ERR_FORMAT); /* eats into the next */
	CHECK(CPU_NOTE(1) + 0x04, "0000061f", ERR_FORMAT);
	CHECK(CPU_NOTE(1) + 0x0c, "434f524500", 0); /* "CORE": as good a name */
	CHECK(CPU_NOTE(0) + 0x08, "0000030f", 0);   /* the CPU is gone */
}

static void completion_area(void **state)
{
	(void)state;
	CHECK(layout.completion + 0x00, "00000002", ERR_UNSUPPORTED, "version 2");
	CHECK(layout.completion + 0x04, "00000121", ERR_FORMAT, "289 bytes");
	CHECK(layout.completion + 0x08, "01", ERR_FORMAT, "damaged in its section pv_compl");
	CHECK(layout.completion + 0x10, "ff", ERR_AUTH, "does not open"); /* the seed */
	CHECK(layout.completion + 0x50, "ff", ERR_FORMAT, "damaged in its section pv_compl");
	CHECK(layout.completion + 0x60, "ff", ERR_FORMAT, "damaged in its section pv_compl");
	CHECK(layout.completion + 0x110, "ff", ERR_FORMAT, "damaged in its section pv_compl");
	CHECK(layout.completion + 0x120, "ff", 0); /* behind it */
}

static void cpu_areas(void **state)
{
	(void)state;
	CHECK(CPU_AREA(1) + 0x00, "00000002", ERR_UNSUPPORTED, "CPU 1");
	CHECK(CPU_AREA(1) + 0x04, "00000000", ERR_FORMAT, "CPU 1");
	CHECK(CPU_AREA(0) + 0x08, "ff", ERR_FORMAT, "registers of CPU 0");
	CHECK(CPU_AREA(1) + 0x14, "ff", ERR_FORMAT, "registers of CPU 1");
	CHECK(CPU_AREA(1) + 0x20, "ff", ERR_FORMAT, "registers of CPU 1");
	CHECK(CPU_AREA(1) + 0x610, "ff", ERR_FORMAT, "registers of CPU 1");
	CHECK(CPU_AREA(1) + 0x620, "ff", 0); /* behind it */
}

static void page_states(void **state)
{
	(void)state;
	CHECK(layout.state + 16 * 7, "ffffffff00000000000000000000" "0000", ERR_FORMAT,
	      "page at address 0x7000");
	CHECK(layout.state + 16 * 7, "ffffffff00000000000000000000" "0003", ERR_FORMAT);
	CHECK(layout.state + 16 * 7, "ffffffff00000000000000000000" "0004", ERR_FORMAT);
	CHECK(layout.state + 16 * 7, "ffffffff00000000000000000000" "0008", ERR_FORMAT);
	CHECK(layout.state + 16 * 7, "ffffffff00000000000000000000" "0102", ERR_FORMAT);
	CHECK(layout.state + 16 * 7, "ffffffff00000000000000000000" "0001", 0);
	CHECK(layout.state + 16 * 255, "ffffffff00000000000000000000" "0002", 0);
}

static void other_keys(void **state)
{
	uint8_t other[33] = { 1 };
	struct secret *keys[] = { secret_copy(other, 32), secret_copy(other, 31),
				  secret_copy(other, 33), secret_copy(other, 0) };

	(void)state;
	assert_int_equal(fate_with(keys[0], NULL), ERR_AUTH);
	for (size_t i = 1; i < 4; i++)
		assert_int_equal(fate_with(keys[i], NULL), ERR_INVALID);
	for (size_t i = 0; i < 4; i++)
		secret_free(keys[i]);
}

/* Areas of another dump of the same guest, with the same CCK. */
static void another_dump(void **state)
{
	uint8_t area[MAKER_AREA_SIZE], own[MAKER_AREA_SIZE];
	struct dump_maker maker = made.maker;
	struct made_dump other;
	struct error err = { 0 };

	(void)state;
	maker.seed[0] = 0x99;
	make_protected(&other, maker);
	assert_int_equal(pread(other.fd, area, sizeof(area), CPU_AREA(0)), sizeof(area));
	assert_int_equal(pread(made.fd, own, sizeof(own), CPU_AREA(0)), sizeof(own));
	assert_int_equal(pwrite(made.fd, area, sizeof(area), CPU_AREA(0)), sizeof(area));
	assert_int_equal(fate_with(made.cck, &err), ERR_FORMAT);
	assert_non_null(strstr(err.message, "registers of CPU 0"));
	assert_int_equal(pwrite(made.fd, own, sizeof(own), CPU_AREA(0)), sizeof(own));
	unmake(&other);
}

/* Cut off anywhere, nothing is given out as if it were whole. */
static void cut_off_anywhere(void **state)
{
	off_t size = lseek(made.fd, 0, SEEK_END);
	uint8_t *all = malloc((size_t)size);

	(void)state;
	assert_int_equal(pread(made.fd, all, (size_t)size, 0), size);
	for (off_t length = 0; length < size; length += length < (off_t)NOTES + 50 ? 1 : 997) {
		assert_int_equal(ftruncate(made.fd, length), 0);
		assert_int_not_equal(fate(), 0);
	}
	assert_int_equal(pwrite(made.fd, all, (size_t)size, 0), size);
	assert_int_equal(fate(), 0);
	free(all);
}

/* What shrinks after it was opened is noticed, too. */
static void cut_off_while_read(void **state)
{
	off_t size = lseek(made.fd, 0, SEEK_END);
	uint8_t *all = malloc((size_t)size), page[DUMP_PAGE_SIZE];
	struct dump_reader *reader;
	struct dump *dump;

	(void)state;
	assert_int_equal(pread(made.fd, all, (size_t)size, 0), size);
	open_made(&dump, &reader, &made);
	assert_int_equal(ftruncate(made.fd, 100000), 0);
	assert_int_equal(dump_read(reader, 0x90000, page, sizeof(page), NULL), ERR_FORMAT);
	close_made(dump, reader);
	assert_int_equal(pwrite(made.fd, all, (size_t)size, 0), size);
	free(all);
}

/* Many chunks that share the same bytes would make a small file a huge dump. */
static void shared_bytes(void **state)
{
	const struct elf_header header = elf_core_header(sizeof(header), 3);
	struct elf_program programs[3];
	struct made_dump own = { 0 };
	struct dump *dump;

	(void)state;
	make_empty(&own);
	for (uint64_t i = 0; i < 3; i++)
		programs[i] = (struct elf_program){
			.type = be32(ELF_PROGRAM_LOAD), .offset = be64(4096),
			.physical = be64(i << 20), .file_size = be64(4096),
			.memory_size = be64(4096),
		};
	assert_int_equal(pwrite(own.fd, &header, sizeof(header), 0), sizeof(header));
	assert_int_equal(pwrite(own.fd, programs, sizeof(programs), sizeof(header)),
			 sizeof(programs));
	assert_int_equal(ftruncate(own.fd, 8192), 0);
	assert_int_equal(dump_open(&dump, own.path, NULL, NULL), ERR_FORMAT);
	/* Elsewhere they may lie; two at one address may not. */
	assert_int_equal(ftruncate(own.fd, 16384), 0);
	assert_int_equal(dump_open(&dump, own.path, NULL, NULL), 0);
	dump_close(dump);
	programs[2].physical = be64(4095);
	programs[0].physical = be64(0);
	assert_int_equal(pwrite(own.fd, programs, sizeof(programs), sizeof(header)),
			 sizeof(programs));
	assert_int_equal(dump_open(&dump, own.path, NULL, NULL), ERR_FORMAT);
	unmake(&own);
}

static void too_many_cpus(void **state)
{
	const struct dump_maker maker = { .mebibytes = 1, .cpus = DUMP_MAX_CPUS + 1 };
	struct made_dump many;
	struct dump *dump;

	(void)state;
	make_protected(&many, maker);
	assert_int_equal(dump_open(&dump, many.path, NULL, NULL), ERR_UNSUPPORTED);
	unmake(&many);
	make_plain(&many, maker);
	assert_int_equal(dump_open(&dump, many.path, NULL, NULL), ERR_UNSUPPORTED);
	unmake(&many);
}

static void no_files(void **state)
{
	struct dump *dump;
	int ends[2];
	char path[64];

	(void)state;
	assert_int_equal(dump_open(&dump, "/nonexistent", NULL, NULL), ERR_NOT_FOUND);
	assert_int_equal(dump_open(&dump, "/tmp", NULL, NULL), ERR_UNSUPPORTED);
	assert_int_equal(dump_open(&dump, "/dev/null", NULL, NULL), ERR_UNSUPPORTED);
	assert_int_equal(pipe(ends), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[0]);
	assert_int_equal(dump_open(&dump, path, NULL, NULL), ERR_UNSUPPORTED);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(untouched),
		cmocka_unit_test(elf_header),
		cmocka_unit_test(sections),
		cmocka_unit_test(program_headers),
		cmocka_unit_test(notes),
		cmocka_unit_test(completion_area),
		cmocka_unit_test(cpu_areas),
		cmocka_unit_test(page_states),
		cmocka_unit_test(other_keys),
		cmocka_unit_test(another_dump),
		cmocka_unit_test(cut_off_anywhere),
		cmocka_unit_test(cut_off_while_read),
		cmocka_unit_test(shared_bytes),
		cmocka_unit_test(too_many_cpus),
		cmocka_unit_test(no_files),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
