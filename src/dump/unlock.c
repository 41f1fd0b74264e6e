/* SPDX-License-Identifier: MIT */
/*
 * The key, and what it tells. A tag that does not fit may mean another key or
 * changed bytes. But every sealed area is opened with the same dump key: if one
 * area opens, the key is right, and an area that does not is damaged.
 */
#include <inttypes.h>
#include <string.h>

#include "dump/dump_internal.h"
#include "dump/host_vmcore.h"

/* The completion area as it lies in the file. */
struct completion_bytes {
	uint8_t bytes[DUMP_AREA_MAX_SIZE];
	size_t size;
};

static int read_completion(struct completion_bytes *area, const struct dump *dump,
			   struct error *err)
{
	area->size = (size_t)be64_get(dump->completion.size);
	return elf_file_read(&dump->file, area->bytes, area->size,
			     be64_get(dump->completion.offset),
			     "section " HOST_VMCORE_COMPLETION_SECTION, err);
}

static int open_cpu(const struct dump *dump, struct cpu_state *cpu, size_t index,
		    const struct secret *key, struct error *err)
{
	const struct sealed_cpu *sealed = &dump->sealed[index];
	uint8_t area[DUMP_AREA_MAX_SIZE];
	int rc = elf_file_read(&dump->file, area, sealed->size, sealed->offset, "notes",
			       err);

	return rc < 0 ? rc : dump_cpu_open(cpu, area, sealed->size, secret_view(key), err);
}

/* Does any CPU area open with the key that @cck gives with the area's seed? */
static bool some_cpu_opens(const struct dump *dump, const struct completion_bytes *area,
			   const struct secret *cck)
{
	const struct dump_completion *completion = (const void *)area->bytes;
	struct cpu_state cpu;
	struct secret *key;
	bool opens = false;

	if (dump_key_derive(&key, secret_view(cck), completion->seed, NULL) < 0)
		return false;
	for (size_t i = 0; !opens && i < dump->sealed_count; i++)
		opens = open_cpu(dump, &cpu, i, key, NULL) == 0;
	secret_wipe(&cpu, sizeof(cpu));
	secret_free(key);
	return opens;
}

/* @err says why the completion area did not open; puts words around it. */
static int explain_completion(const struct dump *dump, const struct completion_bytes *area,
			      const struct secret *cck, int rc, struct error *err)
{
	uint64_t offset = be64_get(dump->completion.offset);

	if (rc == ERR_AUTH && !some_cpu_opens(dump, area, cck)) {
		error_wrap(err, rc, "This key does not open '%s'", dump->file.path);
		return error_hint(err, rc,
				  "Give the customer communication key with which the guest's "
				  "image was made (or, if a secret replaced it, the new one). If it "
				  "is this key, then the dump is damaged in the seed (%d bytes at "
				  "offset 0x%" PRIx64 ") or in all that it protects",
				  DUMP_SEED_SIZE,
				  offset + offsetof(struct dump_completion, seed));
	}
	if (rc == ERR_AUTH)
		rc = ERR_FORMAT; /* the key is right */
	if (rc == ERR_FORMAT || rc == ERR_UNSUPPORTED)
		error_wrap(err, rc,
			   "'%s' is damaged in its section " HOST_VMCORE_COMPLETION_SECTION
			   " at offset 0x%" PRIx64, dump->file.path, offset);
	return rc;
}

static int explain_cpu(const struct dump *dump, size_t index, int rc, struct error *err)
{
	if (rc == ERR_IO)
		return rc;
	/* The key has opened the completion area. */
	if (rc == ERR_AUTH)
		rc = ERR_FORMAT;
	error_wrap(err, rc, "'%s' is damaged in the registers of CPU %zu at offset 0x%" PRIx64,
		   dump->file.path, index, dump->sealed[index].offset);
	return error_hint(err, rc, "These registers were changed, or belong to another dump");
}

static int open_cpus(struct dump *dump, const struct secret *key, struct error *err)
{
	int rc = 0;

	dump->cpus = secret_new((dump->sealed_count + 1) * sizeof(struct cpu_state));
	if (!dump->cpus)
		return error_set(err, ERR_NOMEM, "Out of memory");
	for (size_t i = 0; rc == 0 && i < dump->sealed_count; i++) {
		rc = open_cpu(dump, dump_cpu(dump, i), i, key, err);
		if (rc < 0)
			rc = explain_cpu(dump, i, rc, err);
		else if (dump_cpu(dump, i)->partial)
			log_warn(dump->log, "CPU %zu was in the middle of an instruction; its "
				 "registers may hold partial results", i);
	}
	return rc;
}

static int check_key_size(const struct secret *cck, struct error *err)
{
	if (secret_size(cck) == DUMP_CCK_SIZE)
		return 0;
	error_set(err, ERR_INVALID,
		  "The key has %zu bytes; a customer communication key has %d",
		  secret_size(cck), DUMP_CCK_SIZE);
	return error_hint(err, ERR_INVALID,
			  "Give the file that went to pvimg create with --cck");
}

int dump_unlock(struct dump *dump, const struct secret *cck, struct error *err)
{
	struct completion_bytes area;
	struct secret *key = NULL;
	int rc;

	if (!dump->is_protected || dump->page_keys)
		return 0;
	rc = check_key_size(cck, err);
	if (rc == 0)
		rc = read_completion(&area, dump, err);
	if (rc < 0)
		return rc;
	rc = dump_completion_open(&key, &dump->page_keys, area.bytes, area.size,
				  secret_view(cck), err);
	if (rc < 0)
		return explain_completion(dump, &area, cck, rc, err);
	rc = open_cpus(dump, key, err);
	secret_free(key);
	if (rc < 0) {
		secret_free(dump->page_keys);
		secret_free(dump->cpus);
		dump->page_keys = dump->cpus = NULL;
	}
	return rc;
}
