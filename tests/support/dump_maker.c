/* SPDX-License-Identifier: MIT */
#include "dump_maker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dump/elf.h"
#include "dump/notes.h"

#define MIB ((uint64_t)1 << 20)

/* Where the made-up Linux keeps things. */
#define NOTE_ADDRESS 0x20000u
#define OS_INFO_ADDRESS 0x21000u
#define UTS_ADDRESS 0x22100u
#define KASLR_OFFSET UINT64_C(0x3ffe0000000)
#define KASLR_PHYSICAL UINT64_C(0x10000)
#define UTS_VIRTUAL "3ffe0012100" /* of UTS_ADDRESS */

static const struct dump_page_keys page_keys = {
	.tweak_nonce = { [8] = 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88 },
	.xts_key = { 1, 2, 3, 4, 5, 6, 7, 8, [32] = 9, 10, 11, 12, 13, 14, 15, 16 },
};

static void need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "dump_maker: %s failed\n", what);
	abort();
}

const char *maker_vmcoreinfo(void)
{
	return "OSRELEASE=" MAKER_RELEASE "\nPAGESIZE=4096\n"
	       "SYMBOL(init_uts_ns)=" UTS_VIRTUAL "\n";
}

static void fill(uint64_t page, uint8_t out[DUMP_PAGE_SIZE])
{
	uint64_t x = page * UINT64_C(0x9e3779b97f4a7c15) + 1;

	for (size_t i = 0; i < DUMP_PAGE_SIZE; i += sizeof(x)) {
		x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		memcpy(out + i, &x, sizeof(x));
	}
	snprintf((char *)out, 64, "clear text of page %llu", (unsigned long long)page);
}

static void put(uint8_t *page, uint32_t address, const void *data, size_t size)
{
	memcpy(page + address % DUMP_PAGE_SIZE, data, size);
}

static void put_word(uint8_t *page, uint32_t address, uint64_t value)
{
	be64_t word = be64(value);

	put(page, address, &word, sizeof(word));
}

static void fill_os_info(uint8_t *page)
{
	uint64_t sum = 0;
	be32_t checksum;

	memset(page, 0, DUMP_PAGE_SIZE);
	put_word(page, 0, UINT64_C(0x4f53494e464f535a));
	put_word(page, 32 + 5 * 20, KASLR_OFFSET);
	put_word(page, 32 + 6 * 20, KASLR_PHYSICAL);
	for (size_t i = 12; i < DUMP_PAGE_SIZE; i += 4)
		sum += (uint64_t)page[i] << 24 | (uint64_t)page[i + 1] << 16 |
		       (uint64_t)page[i + 2] << 8 | page[i + 3];
	while (sum >> 32)
		sum = (uint32_t)sum + (sum >> 32);
	checksum = be32((uint32_t)sum);
	put(page, 8, &checksum, sizeof(checksum));
}

static void fill_uts(uint8_t *page)
{
	char names[6][65] = { "Linux", MAKER_NODE, MAKER_RELEASE, MAKER_VERSION, "s390x",
			      "(none)" };

	memset(page, 0, DUMP_PAGE_SIZE);
	put(page, UTS_ADDRESS + 4, names, sizeof(names));
}

/* Pages in which Linux, or a CPU, leaves something. */
static void fill_special(const struct dump_maker *maker, uint64_t page, uint8_t *out)
{
	if (page == 0 && !maker->no_linux) {
		put_word(out, 0xe0c, NOTE_ADDRESS);
		put_word(out, 0xe18, OS_INFO_ADDRESS);
	} else if (page == 0x10) {
		put_word(out, 0x418, maker->kdump ? MAKER_KDUMP_BASE : 0);
		put_word(out, 0x420, maker->kdump ? MAKER_KDUMP_SIZE : 0);
	} else if (page == NOTE_ADDRESS / DUMP_PAGE_SIZE) {
		note_write(out, NOTE_VMCOREINFO_NAME, NOTE_VMCOREINFO, maker_vmcoreinfo(),
			   strlen(maker_vmcoreinfo()));
	} else if (page == OS_INFO_ADDRESS / DUMP_PAGE_SIZE) {
		fill_os_info(out);
	} else if (page == UTS_ADDRESS / DUMP_PAGE_SIZE) {
		fill_uts(out);
	}
	for (uint32_t i = 0; i < maker->cpus && page < 1024; i++)
		if (page == MAKER_PREFIX(i) / DUMP_PAGE_SIZE + 1)
			put_word(out, 0x11b0, MAKER_VECTORS(i));
}

void maker_page(const struct dump_maker *maker, uint64_t page,
		uint8_t out[DUMP_PAGE_SIZE])
{
	if (maker_kind(maker, page) == DUMP_PAGE_IS_ZERO) {
		memset(out, 0, DUMP_PAGE_SIZE);
		return;
	}
	fill(page, out);
	fill_special(maker, page, out);
}

/* The first MiB is all secure; then every kind, alone and in runs. */
enum dump_page_kind maker_kind(const struct dump_maker *maker, uint64_t page)
{
	if (maker->dense || page < DUMP_PAGES_PER_MIB)
		return DUMP_PAGE_IS_ENCRYPTED;
	if (page % 16 == 5 || page % 16 >= 12 || page / 64 % 5 == 3)
		return DUMP_PAGE_IS_ZERO;
	return page % 16 == 7 || page % 128 == 100 ? DUMP_PAGE_IS_SHARED
						   : DUMP_PAGE_IS_ENCRYPTED;
}

struct dump_page_state maker_state(const struct dump_maker *maker, uint64_t page)
{
	struct dump_page_state state = { { 0 } };
	be64_t component = be64(page * 7 + 1);

	switch (maker_kind(maker, page)) {
	case DUMP_PAGE_IS_ZERO:
		return dump_page_special(DUMP_PAGE_ZERO | (page % 2 ? DUMP_PAGE_MAPPED : 0));
	case DUMP_PAGE_IS_SHARED:
		return dump_page_special(DUMP_PAGE_SHARED | (page % 2 ? DUMP_PAGE_MAPPED : 0));
	default:
		memcpy(state.bytes, &component, sizeof(component));
		return state;
	}
}

struct cpu_state maker_cpu(const struct dump_maker *maker, uint32_t index)
{
	struct cpu_state cpu = {
		.psw_mask = UINT64_C(0x0706e00180000000),
		.psw_address = 0x123456 + index,
		.prefix = MAKER_PREFIX(index),
		.fpc = 0x00080000 + index,
		.tod_programmable = 7 + index,
		.cpu_timer = 0x1111111100000000 + index,
		.clock_comparator = 0x2222222200000000 + index,
		.guarded_storage = { 0, 0x30 + index, 0x31, 0x32 },
		.has_vectors = true,
		.has_guarded_storage = true,
		.partial = maker->partial && index == maker->cpus - 1,
	};

	for (uint32_t i = 0; i < 16; i++) {
		cpu.gprs[i] = 0x1000 * (index + 1) + i;
		cpu.acrs[i] = 0x2000 * (index + 1) + i;
		cpu.crs[i] = 0x3000 * (index + 1) + i;
	}
	for (uint32_t i = 0; i < VECTOR_COUNT; i++)
		memset(cpu.vectors[i], (int)(index * 64 + i), VECTOR_SIZE);
	return cpu;
}

void maker_shape(const struct dump_maker *maker, struct host_vmcore_shape *shape,
		 struct host_vmcore_layout *layout)
{
	*shape = (struct host_vmcore_shape){
		.memory_size = maker->mebibytes * MIB,
		.cpu_count = maker->cpus,
		.cpu_area_size = MAKER_AREA_SIZE,
		.state_per_mib = DUMP_STATE_PER_MIB,
		.completion_size = MAKER_AREA_SIZE,
	};
	need(host_vmcore_plan(layout, shape, NULL) == 0, "planning");
}

static void write_bytes(int fd, const void *data, size_t size, uint64_t offset)
{
	need(pwrite(fd, data, size, (off_t)offset) == (ssize_t)size, "writing");
}

static void draw_iv(uint8_t iv[GCM_IV_SIZE], uint32_t number)
{
	be32_t word = be32(number);

	memset(iv, 0xa0, GCM_IV_SIZE);
	memcpy(iv, &word, sizeof(word));
}

static void write_cpus(const struct dump_maker *maker, int fd, const struct secret *key,
		       const struct host_vmcore_shape *shape,
		       const struct host_vmcore_layout *layout)
{
	size_t size = host_vmcore_cpu_size(shape);
	uint8_t *notes = malloc(size), area[MAKER_AREA_SIZE] = { 0 }, iv[GCM_IV_SIZE];
	const struct cpu_state unknown = { 0 };

	need(notes, "memory");
	for (uint32_t i = 0; i < maker->cpus; i++) {
		struct cpu_state cpu = maker_cpu(maker, i);

		draw_iv(iv, i + 1);
		need(dump_cpu_seal((void *)area, secret_view(key), iv, &cpu, NULL) == 0,
		     "sealing a CPU");
		host_vmcore_cpu(notes, shape, &unknown, i, area);
		write_bytes(fd, notes, size, layout->notes + i * size);
	}
	free(notes);
}

static void write_pages(const struct dump_maker *maker, int fd,
			const struct host_vmcore_layout *layout)
{
	uint64_t pages = maker->mebibytes * DUMP_PAGES_PER_MIB;
	uint8_t page[DUMP_PAGE_SIZE], tweak[XTS_TWEAK_SIZE];
	struct xts *xts;

	need(xts_new(&xts, page_keys.xts_key, XTS_ENCRYPT, NULL) == 0, "AES-XTS");
	for (uint64_t i = 0; i < pages; i++) {
		struct dump_page_state state = maker_state(maker, i);
		enum dump_page_kind kind = maker_kind(maker, i);

		write_bytes(fd, &state, sizeof(state), layout->state + i * sizeof(state));
		if (kind == DUMP_PAGE_IS_ZERO)
			continue; /* a hole */
		maker_page(maker, i, page);
		dump_page_tweak(tweak, &state, page_keys.tweak_nonce);
		if (kind == DUMP_PAGE_IS_ENCRYPTED)
			need(xts_page(xts, tweak, page, page, NULL) == 0, "AES-XTS");
		write_bytes(fd, page, sizeof(page), layout->memory + i * sizeof(page));
	}
	xts_free(xts);
}

void maker_write_protected(const struct dump_maker *maker, int fd)
{
	struct host_vmcore_layout layout;
	struct host_vmcore_shape shape;
	uint8_t head[HOST_VMCORE_HEAD_SIZE], iv[GCM_IV_SIZE], area[MAKER_AREA_SIZE] = { 0 };
	struct secret *key;

	maker_shape(maker, &shape, &layout);
	need(dump_key_derive(&key, maker->cck, maker->seed, NULL) == 0, "deriving the key");
	host_vmcore_head(head, &shape, &layout);
	write_bytes(fd, head, sizeof(head), 0);
	write_cpus(maker, fd, key, &shape, &layout);
	write_pages(maker, fd, &layout);
	draw_iv(iv, 0);
	need(dump_completion_seal((void *)area, secret_view(key), maker->seed, iv, &page_keys,
				  NULL) == 0, "sealing the keys");
	write_bytes(fd, area, sizeof(area), layout.completion);
	write_bytes(fd, host_vmcore_names, HOST_VMCORE_NAMES_SIZE, layout.names);
	secret_free(key);
}

static void write_memory_at(const struct dump_maker *maker, int fd, uint64_t offset)
{
	uint64_t pages = maker->mebibytes * DUMP_PAGES_PER_MIB;
	uint8_t page[DUMP_PAGE_SIZE];

	for (uint64_t i = 0; i < pages; i++) {
		maker_page(maker, i, page);
		write_bytes(fd, page, sizeof(page), offset + i * sizeof(page));
	}
}

void maker_write_memory(const struct dump_maker *maker, int fd)
{
	write_memory_at(maker, fd, 0);
}

/* The same head without sections; notes without areas. */
void maker_write_plain(const struct dump_maker *maker, int fd)
{
	const struct cpu_state any = { .has_vectors = true, .has_guarded_storage = true };
	size_t each = cpu_notes_size(&any), notes_size = each * maker->cpus;
	struct elf_header header = elf_core_header(sizeof(header), 2);
	struct elf_program programs[2] = {
		{ .type = be32(ELF_PROGRAM_NOTE),
		  .offset = be64(sizeof(header) + sizeof(programs)),
		  .file_size = be64(notes_size), .memory_size = be64(notes_size) },
		{ .type = be32(ELF_PROGRAM_LOAD),
		  .offset = be64(sizeof(header) + sizeof(programs) + notes_size),
		  .file_size = be64(maker->mebibytes * MIB),
		  .memory_size = be64(maker->mebibytes * MIB) },
	};
	uint8_t *notes = malloc(notes_size + 1), *at = notes;

	need(notes, "memory");
	for (uint32_t i = 0; i < maker->cpus; i++) {
		struct cpu_state cpu = maker_cpu(maker, i);

		at = cpu_notes_write(at, &cpu, i + 1, NOTE_ORDER_HOST);
	}
	write_bytes(fd, &header, sizeof(header), 0);
	write_bytes(fd, programs, sizeof(programs), sizeof(header));
	write_bytes(fd, notes, notes_size, sizeof(header) + sizeof(programs));
	write_memory_at(maker, fd, be64_get(programs[1].offset));
	free(notes);
}
