/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dump/dump_internal.h"
#include "dump/host_vmcore.h"

/* Notes of protected CPUs, but none of the ultravisor's sections. */
static int refuse_unsealed(const struct dump *dump, struct error *err)
{
	error_set(err, ERR_FORMAT,
		  "'%s' is of a protected guest, but lacks the section "
		  HOST_VMCORE_COMPLETION_SECTION ": nothing in it can be decrypted",
		  dump->file.path);
	return error_hint(err, ERR_FORMAT,
			  "The hypervisor did not get leave to dump this guest; its image has "
			  "to allow it (pvimg create --enable-dump)");
}

static int find_sections(struct dump *dump, struct error *err)
{
	bool has_state;
	int rc = elf_file_section(&dump->file, HOST_VMCORE_COMPLETION_SECTION,
				  &dump->completion, &dump->is_protected, err);

	if (rc < 0 || !dump->is_protected)
		return rc;
	rc = elf_file_section(&dump->file, HOST_VMCORE_STATE_SECTION, &dump->state,
			      &has_state, err);
	if (rc == 0 && !has_state)
		rc = error_set(err, ERR_FORMAT,
			       "'%s' is damaged: it has a section "
			       HOST_VMCORE_COMPLETION_SECTION ", but none "
			       HOST_VMCORE_STATE_SECTION, dump->file.path);
	return rc;
}

static int check_completion(const struct dump *dump, struct error *err)
{
	uint64_t size = be64_get(dump->completion.size);

	if (size >= sizeof(struct dump_completion) && size <= DUMP_AREA_MAX_SIZE)
		return 0;
	return error_set(err, ERR_FORMAT,
			 "Section " HOST_VMCORE_COMPLETION_SECTION " of '%s' at offset 0x%"
			 PRIx64 " has %" PRIu64 " bytes instead of %zu to %d",
			 dump->file.path, be64_get(dump->completion.offset), size,
			 sizeof(struct dump_completion), DUMP_AREA_MAX_SIZE);
}

/* One piece of memory from address 0, with a state for each page. */
static int check_protected_memory(const struct dump *dump, struct error *err)
{
	const struct dump_chunk *memory = &dump->chunks[0];
	uint64_t state_size = be64_get(dump->state.size);
	uint64_t pages = memory->size / DUMP_PAGE_SIZE;

	if (memory->zero || memory->address != 0 ||
	    (dump->chunk_count > 1 && !dump->chunks[1].zero) || dump->chunk_count > 2)
		return error_set(err, ERR_UNSUPPORTED,
				 "The memory of the protected guest in '%s' is not one piece "
				 "from address 0: only that is understood", dump->file.path);
	if (memory->size % DUMP_PAGE_SIZE)
		return error_set(err, ERR_FORMAT,
				 "The memory in '%s' has 0x%" PRIx64
				 " bytes, which is no whole number of pages",
				 dump->file.path, memory->size);
	if (state_size % sizeof(struct dump_page_state) ||
	    state_size / sizeof(struct dump_page_state) < pages)
		return error_set(err, ERR_FORMAT,
				 "Section " HOST_VMCORE_STATE_SECTION " of '%s' at offset 0x%"
				 PRIx64 " has %" PRIu64 " bytes: not one state for each of %"
				 PRIu64 " pages",
				 dump->file.path, be64_get(dump->state.offset), state_size,
				 pages);
	return 0;
}

static int take_apart(struct dump *dump, struct error *err)
{
	int rc = find_sections(dump, err);

	if (rc == 0)
		rc = dump_take_programs(dump, err);
	if (rc < 0)
		return rc;
	if (!dump->is_protected)
		return dump->sealed_count ? refuse_unsealed(dump, err) : 0;
	/* What the hypervisor believed the registers to be is of no use. */
	secret_free(dump->cpus);
	dump->cpus = NULL;
	dump->cpu_count = dump->sealed_count;
	rc = check_completion(dump, err);
	return rc < 0 ? rc : check_protected_memory(dump, err);
}

int dump_open(struct dump **out, const char *path, const struct log *log,
	      struct error *err)
{
	struct dump *dump = calloc(1, sizeof(*dump));
	int rc;

	*out = NULL;
	if (!dump)
		return error_set(err, ERR_NOMEM, "Out of memory");
	dump->log = log;
	rc = elf_file_open(&dump->file, path, err);
	if (rc == 0)
		rc = take_apart(dump, err);
	if (rc < 0) {
		dump_close(dump);
		return rc;
	}
	*out = dump;
	return 0;
}

void dump_close(struct dump *dump)
{
	if (!dump)
		return;
	elf_file_close(&dump->file);
	secret_free(dump->cpus);
	secret_free(dump->page_keys);
	free(dump->chunks);
	free(dump->vmcoreinfo);
	free(dump);
}

bool dump_is_protected(const struct dump *dump)
{
	return dump->is_protected;
}

const struct dump_chunk *dump_chunks(const struct dump *dump, size_t *count)
{
	*count = dump->chunk_count;
	return dump->chunks;
}

const struct cpu_state *dump_cpus(const struct dump *dump, size_t *count)
{
	*count = dump->cpu_count;
	return dump->cpus ? (const struct cpu_state *)secret_view(dump->cpus) : NULL;
}

const char *dump_vmcoreinfo_note(const struct dump *dump, size_t *length)
{
	*length = dump->vmcoreinfo_length;
	return dump->vmcoreinfo;
}
