/* SPDX-License-Identifier: MIT */
/*
 * The ELF file that a hypervisor makes of a protected guest: the headers around
 * the ultravisor's data. See docs/reference/dump.md, "The file".
 *
 *   ELF header | 4 section headers | 2 program headers | notes of each CPU |
 *   memory from 0 | pv_mem_meta | pv_compl | section names
 *
 * Written from start to end, so a pipe will do.
 */
#ifndef UV_DUMP_HOST_VMCORE_H
#define UV_DUMP_HOST_VMCORE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "dump/cpu_state.h"

#define HOST_VMCORE_STATE_SECTION "pv_mem_meta"
#define HOST_VMCORE_COMPLETION_SECTION "pv_compl"

/* What decides where things lie. */
struct host_vmcore_shape {
	uint64_t memory_size;   /* whole MiB; guest memory starts at 0 */
	uint32_t cpu_count;
	size_t cpu_area_size;   /* of the note with a CPU area, multiple of 4 */
	size_t state_per_mib;   /* storage state for each MiB */
	size_t completion_size; /* of the section */
	size_t extra_notes_size; /* notes behind those of the CPUs (VMCOREINFO), or 0 */
};

/* File offsets and sizes in bytes. */
struct host_vmcore_layout {
	uint64_t notes;      /* = size of the head */
	uint64_t notes_size;
	uint64_t memory;
	uint64_t state;
	uint64_t state_size;
	uint64_t completion;
	uint64_t names;
	uint64_t file_size;
};

#define HOST_VMCORE_HEAD_SIZE (64 + 4 * 64 + 2 * 56)
#define HOST_VMCORE_NAMES_SIZE 35

/* ERR_INVALID when memory is empty or no whole MiB, or a size wraps around. */
int host_vmcore_plan(struct host_vmcore_layout *layout,
		     const struct host_vmcore_shape *shape, struct error *err);

/* All before the notes. */
void host_vmcore_head(uint8_t head[HOST_VMCORE_HEAD_SIZE],
		      const struct host_vmcore_shape *shape,
		      const struct host_vmcore_layout *layout);

/* Bytes of the notes of one CPU: the ordinary ones and that with the CPU area. */
size_t host_vmcore_cpu_size(const struct host_vmcore_shape *shape);

/*
 * Writes them to @at. @cpu is what the hypervisor knows of the CPU (its
 * "has_" members are taken as set), @index counts from 0, @area has
 * @shape->cpu_area_size bytes.
 */
void host_vmcore_cpu(uint8_t *at, const struct host_vmcore_shape *shape,
		     const struct cpu_state *cpu, uint32_t index, const void *area);

/* The section names that end the file. */
extern const uint8_t host_vmcore_names[HOST_VMCORE_NAMES_SIZE];

#endif
