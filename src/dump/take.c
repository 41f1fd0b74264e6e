/* SPDX-License-Identifier: MIT */
/* From program headers and notes to memory chunks and CPUs. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dump/dump_internal.h"
#include "dump/notes.h"

#define MAX_NOTES 65536
#define MAX_NAME_SIZE 64
#define MAX_VMCOREINFO 65536
#define MAX_CPU_NOTE DUMP_AREA_MAX_SIZE /* of those with registers */

/* A note on its way: where its content lies. */
struct found_note {
	uint32_t type;
	uint32_t size;
	uint64_t offset;
	char name[MAX_NAME_SIZE];
};

static int too_many_cpus(const struct dump *dump, struct error *err)
{
	return error_set(err, ERR_UNSUPPORTED, "'%s' has more than %d CPUs",
			 dump->file.path, DUMP_MAX_CPUS);
}

static int bad_note(const struct dump *dump, const struct found_note *note,
		    const char *why, struct error *err)
{
	return error_set(err, ERR_FORMAT,
			 "The note of type 0x%x at offset 0x%" PRIx64 " of '%s' %s "
			 "(%u bytes)",
			 note->type, note->offset, dump->file.path, why, note->size);
}

static int take_sealed_cpu(struct dump *dump, const struct found_note *note,
			   struct error *err)
{
	if (dump->sealed_count == DUMP_MAX_CPUS)
		return too_many_cpus(dump, err);
	if (note->size > DUMP_AREA_MAX_SIZE)
		return bad_note(dump, note, "is larger than any CPU area", err);
	dump->sealed[dump->sealed_count++] = (struct sealed_cpu){
		.offset = note->offset,
		.size = note->size,
	};
	return 0;
}

static int take_vmcoreinfo(struct dump *dump, const struct found_note *note,
			   struct error *err)
{
	if (dump->vmcoreinfo || note->size > MAX_VMCOREINFO)
		return 0;
	dump->vmcoreinfo = calloc(1, (size_t)note->size + 1);
	if (!dump->vmcoreinfo)
		return error_set(err, ERR_NOMEM, "Out of memory");
	dump->vmcoreinfo_length = note->size;
	return elf_file_read(&dump->file, dump->vmcoreinfo, note->size, note->offset,
			     "note VMCOREINFO", err);
}

/* Each CPU's notes begin with its NT_PRSTATUS. */
static int next_cpu(struct dump *dump, struct error *err)
{
	if (!dump->cpus &&
	    !(dump->cpus = secret_new(DUMP_MAX_CPUS * sizeof(struct cpu_state))))
		return error_set(err, ERR_NOMEM, "Out of memory");
	if (dump->cpu_count == DUMP_MAX_CPUS)
		return too_many_cpus(dump, err);
	dump->cpu_count++;
	return 0;
}

static int take_registers(struct dump *dump, const struct found_note *note,
			  struct error *err)
{
	uint8_t content[MAX_CPU_NOTE];
	int rc = note->type == NOTE_PRSTATUS ? next_cpu(dump, err) : 0;

	if (rc < 0 || dump->cpu_count == 0 || note->size > sizeof(content))
		return rc;
	rc = elf_file_read(&dump->file, content, note->size, note->offset, "notes", err);
	if (rc == 0 && !cpu_note_read(dump_cpu(dump, dump->cpu_count - 1), note->type,
				      content, note->size))
		rc = bad_note(dump, note, "does not have its size", err);
	secret_wipe(content, sizeof(content));
	return rc;
}

static int take_note(struct dump *dump, const struct found_note *note,
		     struct error *err)
{
	if (note->type == NOTE_VMCOREINFO && strcmp(note->name, NOTE_VMCOREINFO_NAME) == 0)
		return take_vmcoreinfo(dump, note, err);
	if (strcmp(note->name, "CORE") != 0 && strcmp(note->name, "LINUX") != 0)
		return 0;
	if (note->type == NOTE_S390_PV_CPU_DATA)
		return take_sealed_cpu(dump, note, err);
	return take_registers(dump, note, err);
}

/*
 * Reads head and name of the note at *@at, of which @end ends the run; moves *@at
 * behind it.
 */
static int read_note(const struct dump *dump, struct found_note *note, uint64_t *at,
		     uint64_t end, struct error *err)
{
	struct elf_note head;
	uint64_t name_size, size;
	int rc;

	if (end - *at < sizeof(head))
		return error_set(err, ERR_FORMAT,
				 "The notes of '%s' end at offset 0x%" PRIx64
				 ", inside a note", dump->file.path, end);
	rc = elf_file_read(&dump->file, &head, sizeof(head), *at, "notes", err);
	if (rc < 0)
		return rc;
	name_size = elf_note_padded(be32_get(head.name_size));
	size = elf_note_padded(be32_get(head.size));
	if (name_size + size > end - *at - sizeof(head))
		return error_set(err, ERR_FORMAT,
				 "The note at offset 0x%" PRIx64 " of '%s' (%u bytes) reaches "
				 "beyond the end of the notes (0x%" PRIx64 ")",
				 *at, dump->file.path, be32_get(head.size), end);
	*note = (struct found_note){
		.type = be32_get(head.type),
		.size = be32_get(head.size),
		.offset = *at + sizeof(head) + name_size,
	};
	if (be32_get(head.name_size) < MAX_NAME_SIZE)
		rc = elf_file_read(&dump->file, note->name, be32_get(head.name_size),
				   *at + sizeof(head), "notes", err);
	*at = note->offset + size;
	return rc;
}

int dump_take_notes(struct dump *dump, const struct elf_program *program,
		    struct error *err)
{
	uint64_t at = be64_get(program->offset), end, size = be64_get(program->file_size);
	struct found_note note;
	int rc = 0;

	if (!elf_file_holds(&dump->file, at, size))
		return error_set(err, ERR_FORMAT,
				 "The notes of '%s' (%" PRIu64 " bytes at offset 0x%" PRIx64
				 ") reach beyond the end of the file (0x%" PRIx64 ")",
				 dump->file.path, size, at, dump->file.size);
	for (end = at + size; rc == 0 && at < end;) {
		if (++dump->note_count > MAX_NOTES)
			return error_set(err, ERR_UNSUPPORTED,
					 "'%s' has more than %d notes", dump->file.path,
					 MAX_NOTES);
		rc = read_note(dump, &note, &at, end, err);
		if (rc == 0)
			rc = take_note(dump, &note, err);
	}
	return rc;
}

static int bad_load(const struct dump *dump, size_t index, const char *why,
		    struct error *err)
{
	return error_set(err, ERR_FORMAT, "Program header %zu of '%s' %s", index,
			 dump->file.path, why);
}

static void add_chunk(struct dump *dump, uint64_t address, uint64_t size,
		      uint64_t offset, bool zero)
{
	if (size > 0)
		dump->chunks[dump->chunk_count++] = (struct dump_chunk){
			.address = address,
			.size = size,
			.offset = offset,
			.zero = zero,
		};
}

/* What has bytes in the file, then what has none. */
static int take_load(struct dump *dump, size_t index, const struct elf_program *program,
		     struct error *err)
{
	uint64_t address = be64_get(program->physical), end;
	uint64_t file_size = be64_get(program->file_size);
	uint64_t memory_size = be64_get(program->memory_size);
	uint64_t offset = be64_get(program->offset);

	if (memory_size == 0)
		return bad_load(dump, index, "describes no memory (p_memsz is 0)", err);
	if (file_size > memory_size)
		return bad_load(dump, index, "has more bytes in the file than in memory "
				"(p_filesz, p_memsz)", err);
	if (__builtin_add_overflow(address, memory_size, &end))
		return bad_load(dump, index, "reaches beyond the end of all memory "
				"(p_paddr, p_memsz)", err);
	if (!elf_file_holds(&dump->file, offset, file_size)) {
		error_set(err, ERR_FORMAT,
			  "Program header %zu of '%s' (0x%" PRIx64 " bytes at offset 0x%"
			  PRIx64 ") reaches beyond the end of the file (0x%" PRIx64 ")",
			  index, dump->file.path, file_size, offset, dump->file.size);
		return error_hint(err, ERR_FORMAT,
				  "The dump is not complete; was its transport interrupted?");
	}
	dump->memory_in_file += file_size;
	if (dump->memory_in_file > dump->file.size)
		return bad_load(dump, index, "shares bytes of the file with another one "
				"(p_offset, p_filesz)", err);
	add_chunk(dump, address, file_size, offset, false);
	add_chunk(dump, address + file_size, memory_size - file_size, 0, true);
	return 0;
}

static int by_address(const void *a, const void *b)
{
	const struct dump_chunk *x = a, *y = b;

	return (x->address > y->address) - (x->address < y->address);
}

static int sort_chunks(struct dump *dump, struct error *err)
{
	struct dump_chunk *chunks = dump->chunks;

	if (dump->chunk_count == 0)
		return error_set(err, ERR_FORMAT, "'%s' contains no memory (no PT_LOAD)",
				 dump->file.path);
	qsort(chunks, dump->chunk_count, sizeof(*chunks), by_address);
	for (size_t i = 1; i < dump->chunk_count; i++)
		if (chunks[i].address - chunks[i - 1].address < chunks[i - 1].size)
			return error_set(err, ERR_FORMAT,
					 "'%s' has the memory at address 0x%" PRIx64 " twice",
					 dump->file.path, chunks[i].address);
	return 0;
}

int dump_take_programs(struct dump *dump, struct error *err)
{
	size_t count = elf_file_programs(&dump->file);
	struct elf_program program;
	int rc = 0;

	/* Each may become two chunks. */
	dump->chunks = calloc(2 * count + 1, sizeof(*dump->chunks));
	if (!dump->chunks)
		return error_set(err, ERR_NOMEM, "Out of memory");
	for (size_t i = 0; rc == 0 && i < count; i++) {
		rc = elf_file_program(&dump->file, i, &program, err);
		if (rc < 0)
			break;
		if (be32_get(program.type) == ELF_PROGRAM_LOAD)
			rc = take_load(dump, i, &program, err);
		else if (be32_get(program.type) == ELF_PROGRAM_NOTE)
			rc = dump_take_notes(dump, &program, err);
		else
			log_warn(dump->log, "Program header %zu of '%s' is of the unknown "
				 "kind %u: passed over", i, dump->file.path,
				 be32_get(program.type));
	}
	return rc < 0 ? rc : sort_chunks(dump, err);
}
