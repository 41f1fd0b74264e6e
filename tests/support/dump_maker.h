/* SPDX-License-Identifier: MIT */
/*
 * Made-up dumps for tests: of a protected guest, with pages of all kinds and the
 * traces that Linux leaves, as a hypervisor would write them; and of the same
 * guest unprotected. Everything in them follows from the numbers here.
 */
#ifndef UV_TESTS_DUMP_MAKER_H
#define UV_TESTS_DUMP_MAKER_H

#include "dump/confidential.h"
#include "dump/host_vmcore.h"

#define MAKER_AREA_SIZE 4096
#define MAKER_PREFIX(cpu) (0x40000u + 0x4000u * (cpu))       /* its prefix area ... */
#define MAKER_VECTORS(cpu) (MAKER_PREFIX(cpu) + 0x2000u)     /* ... and what it points to */
#define MAKER_KDUMP_BASE UINT64_C(0x200000)
#define MAKER_KDUMP_SIZE UINT64_C(0x100000)
#define MAKER_NODE "guest7"
#define MAKER_RELEASE "6.12.9-made-up"
#define MAKER_VERSION "#1 SMP Thu Jan 1 00:00:00 UTC 1970"

struct dump_maker {
	uint64_t mebibytes;
	uint32_t cpus;
	bool dense;         /* all pages encrypted, no two alike */
	bool kdump;         /* a second system; takes 4 MiB or more */
	bool partial;       /* the last CPU is in the middle of an instruction */
	bool no_linux;
	uint8_t cck[DUMP_CCK_SIZE];
	uint8_t seed[DUMP_SEED_SIZE];
};

/* The clear content of page @page. */
void maker_page(const struct dump_maker *maker, uint64_t page,
		uint8_t out[DUMP_PAGE_SIZE]);
enum dump_page_kind maker_kind(const struct dump_maker *maker, uint64_t page);
struct dump_page_state maker_state(const struct dump_maker *maker, uint64_t page);
struct cpu_state maker_cpu(const struct dump_maker *maker, uint32_t index);
const char *maker_vmcoreinfo(void);

void maker_shape(const struct dump_maker *maker, struct host_vmcore_shape *shape,
		 struct host_vmcore_layout *layout);

/* Write to the empty file @fd; abort the test when that fails. */
void maker_write_protected(const struct dump_maker *maker, int fd);
void maker_write_plain(const struct dump_maker *maker, int fd);
void maker_write_memory(const struct dump_maker *maker, int fd);

#endif
