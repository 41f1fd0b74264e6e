/* SPDX-License-Identifier: MIT */
/* What the files that read dumps share; nobody else includes it. */
#ifndef UV_DUMP_DUMP_INTERNAL_H
#define UV_DUMP_DUMP_INTERNAL_H

#include "dump/dump.h"
#include "dump/elf_file.h"

/* Where a sealed CPU area lies in the file. */
struct sealed_cpu {
	uint64_t offset;
	uint32_t size; /* at most DUMP_AREA_MAX_SIZE */
};

struct dump {
	struct elf_file file;
	const struct log *log;
	struct dump_chunk *chunks;
	size_t chunk_count;
	size_t note_count;       /* read so far */
	uint64_t memory_in_file; /* bytes, as far as taken */

	size_t cpu_count;
	struct secret *cpus; /* DUMP_MAX_CPUS times struct cpu_state; NULL = locked */
	char *vmcoreinfo;    /* NUL-terminated, or NULL */
	size_t vmcoreinfo_length;

	/* Only of protected dumps. */
	bool is_protected;
	struct elf_section state;
	struct elf_section completion;
	struct sealed_cpu sealed[DUMP_MAX_CPUS];
	size_t sealed_count;
	struct secret *page_keys; /* struct dump_page_keys; NULL = locked */
};

static inline struct cpu_state *dump_cpu(struct dump *dump, size_t index)
{
	return (struct cpu_state *)secret_bytes(dump->cpus) + index;
}

/* Fills @dump's CPUs, sealed CPUs and VMCOREINFO from the notes in @program. */
int dump_take_notes(struct dump *dump, const struct elf_program *program,
		    struct error *err);

/* Fills @dump's chunks from the program headers; calls the above for notes. */
int dump_take_programs(struct dump *dump, struct error *err);

#endif
