/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "dump/confidential.h"
#include "dump/elf.h"
#include "dump/notes.h"
#include "dump/target_internal.h"

#define ALIGNMENT DUMP_PAGE_SIZE

/* Sizes of the parts before memory. */
struct head_plan {
	size_t program_count;
	size_t notes;      /* offset */
	size_t notes_size;
	size_t size;       /* of all of it, whole pages */
};

/*
 * Memory begins on a page, so that its zero pages make holes in the file, and that
 * a page of a mounted dump is one page to decrypt.
 */
static struct head_plan plan_head(const struct target_input *input)
{
	struct head_plan plan = { .program_count = input->view->count + 1 };

	plan.notes = sizeof(struct elf_header) +
		     plan.program_count * sizeof(struct elf_program);
	plan.notes_size = note_size(strlen("CORE"), sizeof(struct note_prpsinfo));
	for (size_t i = 0; i < input->cpu_count; i++)
		plan.notes_size += cpu_notes_size(&input->cpus[i]);
	if (input->vmcoreinfo)
		plan.notes_size += note_size(strlen(NOTE_VMCOREINFO_NAME),
					     input->vmcoreinfo_length);
	plan.size = (plan.notes + plan.notes_size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	return plan;
}

static void write_programs(uint8_t *at, const struct head_plan *plan,
			   const struct dump_view *view)
{
	struct elf_program program = {
		.type = be32(ELF_PROGRAM_NOTE),
		.offset = be64(plan->notes),
		.file_size = be64(plan->notes_size),
	};
	uint64_t offset = plan->size;

	memcpy(at, &program, sizeof(program));
	for (size_t i = 0; i < view->count; i++) {
		const struct dump_range *range = &view->ranges[i];
		uint64_t in_file = range->zero ? 0 : range->size;

		program = (struct elf_program){
			.type = be32(ELF_PROGRAM_LOAD),
			.flags = be32(ELF_PROGRAM_RWX),
			.offset = be64(offset),
			.virtual = be64(range->address),
			.physical = be64(range->address),
			.file_size = be64(in_file),
			.memory_size = be64(range->size),
			.align = be64(ALIGNMENT),
		};
		at += sizeof(program);
		memcpy(at, &program, sizeof(program));
		offset += in_file;
	}
}

static void write_notes(uint8_t *at, const struct target_input *input)
{
	static const struct note_prpsinfo information = {
		.state_letter = 'R',
		.file_name = "vmlinux",
	};

	at = note_write(at, "CORE", NOTE_PRPSINFO, &information, sizeof(information));
	for (size_t i = 0; i < input->cpu_count; i++)
		at = cpu_notes_write(at, &input->cpus[i], (uint32_t)i + 1,
				     NOTE_ORDER_TARGET);
	if (input->vmcoreinfo)
		note_write(at, NOTE_VMCOREINFO_NAME, NOTE_VMCOREINFO, input->vmcoreinfo,
			   input->vmcoreinfo_length);
}

int target_make_elf(struct target *target, const struct target_input *input,
		    struct error *err)
{
	struct head_plan plan = plan_head(input);
	struct elf_header header;
	int rc;

	if (plan.program_count >= ELF_COUNT_ELSEWHERE)
		return error_set(err, ERR_UNSUPPORTED,
				 "The dump has memory in %zu pieces: too many for ELF",
				 input->view->count);
	rc = target_reserve(target, plan.size, plan.program_count, 0, err);
	if (rc < 0)
		return rc;
	header = elf_core_header(sizeof(header), plan.program_count);
	memcpy(target->head, &header, sizeof(header));
	write_programs(target->head + sizeof(header), &plan, input->view);
	write_notes(target->head + plan.notes, input);
	rc = target_add_bytes(target, target->head, plan.size, err);
	for (size_t i = 0; rc == 0 && i < input->view->count; i++)
		if (!input->view->ranges[i].zero)
			rc = target_add_range(target, &input->view->ranges[i], err);
	return rc;
}
