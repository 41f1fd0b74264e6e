/* SPDX-License-Identifier: MIT */
#include "dump/host_vmcore.h"

#include <string.h>

#include "dump/elf.h"
#include "dump/notes.h"

#define MIB (1024UL * 1024)
#define SECTION_COUNT 4
#define PROGRAM_COUNT 2

/* Names take 12 bytes each, whatever their length; the last one is exact. */
#define NAME_STATE 1
#define NAME_COMPLETION 13
#define NAME_NAMES 25

const uint8_t host_vmcore_names[HOST_VMCORE_NAMES_SIZE] =
	"\0" HOST_VMCORE_STATE_SECTION "\0" HOST_VMCORE_COMPLETION_SECTION "\0\0\0\0"
	".shstrtab";

_Static_assert(HOST_VMCORE_HEAD_SIZE ==
	       sizeof(struct elf_header) + SECTION_COUNT * sizeof(struct elf_section) +
	       PROGRAM_COUNT * sizeof(struct elf_program), "head has another size");

/* The notes that a hypervisor writes are always all ten. */
static struct cpu_state with_all(const struct cpu_state *cpu)
{
	struct cpu_state all = *cpu;

	all.has_vectors = all.has_guarded_storage = true;
	return all;
}

size_t host_vmcore_cpu_size(const struct host_vmcore_shape *shape)
{
	struct cpu_state all = with_all(&(struct cpu_state){ 0 });

	return cpu_notes_size(&all) + note_size(strlen("LINUX"), shape->cpu_area_size);
}

void host_vmcore_cpu(uint8_t *at, const struct host_vmcore_shape *shape,
		     const struct cpu_state *cpu, uint32_t index, const void *area)
{
	struct cpu_state all = with_all(cpu);

	at = cpu_notes_write(at, &all, index + 1, NOTE_ORDER_HOST);
	note_write(at, "LINUX", NOTE_S390_PV_CPU_DATA, area, shape->cpu_area_size);
}

int host_vmcore_plan(struct host_vmcore_layout *layout,
		     const struct host_vmcore_shape *shape, struct error *err)
{
	bool wraps;

	if (shape->memory_size == 0 || shape->memory_size % MIB != 0)
		return error_set(err, ERR_INVALID,
				 "Guest memory of %llu bytes is no whole number of MiB",
				 (unsigned long long)shape->memory_size);
	*layout = (struct host_vmcore_layout){ .notes = HOST_VMCORE_HEAD_SIZE };
	wraps = __builtin_mul_overflow(host_vmcore_cpu_size(shape), shape->cpu_count,
				       &layout->notes_size);
	wraps |= __builtin_add_overflow(layout->notes_size, shape->extra_notes_size,
					&layout->notes_size);
	wraps |= __builtin_mul_overflow(shape->memory_size / MIB, shape->state_per_mib,
					&layout->state_size);
	wraps |= __builtin_add_overflow(layout->notes, layout->notes_size,
					&layout->memory);
	wraps |= __builtin_add_overflow(layout->memory, shape->memory_size,
					&layout->state);
	wraps |= __builtin_add_overflow(layout->state, layout->state_size,
					&layout->completion);
	wraps |= __builtin_add_overflow(layout->completion, shape->completion_size,
					&layout->names);
	wraps |= __builtin_add_overflow(layout->names, HOST_VMCORE_NAMES_SIZE,
					&layout->file_size);
	if (wraps || layout->file_size > INT64_MAX)
		return error_set(err, ERR_INVALID, "The dump is too large for a file");
	return 0;
}

static struct elf_section section(uint32_t name, uint32_t type, uint64_t offset,
				  uint64_t size)
{
	return (struct elf_section){
		.name = be32(name),
		.type = be32(type),
		.offset = be64(offset),
		.size = be64(size),
	};
}

void host_vmcore_head(uint8_t head[HOST_VMCORE_HEAD_SIZE],
		      const struct host_vmcore_shape *shape,
		      const struct host_vmcore_layout *layout)
{
	struct elf_header header =
		elf_core_header(sizeof(header) + SECTION_COUNT * sizeof(struct elf_section),
				PROGRAM_COUNT);
	const struct elf_section sections[SECTION_COUNT] = {
		section(0, 0, 0, 0),
		section(NAME_STATE, ELF_SECTION_PROGBITS, layout->state,
			layout->state_size),
		section(NAME_COMPLETION, ELF_SECTION_PROGBITS, layout->completion,
			shape->completion_size),
		section(NAME_NAMES, ELF_SECTION_STRTAB, layout->names,
			HOST_VMCORE_NAMES_SIZE),
	};
	const struct elf_program programs[PROGRAM_COUNT] = {
		{ .type = be32(ELF_PROGRAM_NOTE), .offset = be64(layout->notes),
		  .file_size = be64(layout->notes_size),
		  .memory_size = be64(layout->notes_size) },
		{ .type = be32(ELF_PROGRAM_LOAD), .offset = be64(layout->memory),
		  .file_size = be64(shape->memory_size),
		  .memory_size = be64(shape->memory_size) },
	};

	header.section_offset = be64(sizeof(header));
	header.section_size = be16(sizeof(struct elf_section));
	header.section_count = be16(SECTION_COUNT);
	header.names_index = be16(SECTION_COUNT - 1);
	memcpy(head, &header, sizeof(header));
	head += sizeof(header);
	memcpy(head, sections, sizeof(sections));
	memcpy(head + sizeof(sections), programs, sizeof(programs));
}
