/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "crypto/crypto.h"
#include "ipl/signature_info.h"
#include "sipl/inspect.h"

static void problem_json(struct json *json, enum ipl_problem problem)
{
	if (problem != IPL_OK)
		json_text(json, "problem", ipl_problem_facts(problem)->name);
}

static void add_digest(struct json *json, const void *bytes, size_t size)
{
	uint8_t digest[SHA256_SIZE];

	if (crypto_sha256(digest, bytes, size, NULL) == 0)
		json_hex(json, "sha256", digest, sizeof(digest));
}

/* Of the signer, what there is. */
static void add_text(struct json *json, const char *name, const char *text)
{
	if (*text)
		json_text(json, name, text);
}

static void signature_json(struct json *json, const char *name, const void *der,
			   size_t size)
{
	struct signature_info info;

	json_object_begin(json, name);
	json_u64(json, "size", size);
	if (signature_info_read(&info, der, size)) {
		add_text(json, "issuer", info.issuer);
		add_text(json, "serial", info.serial);
		add_text(json, "key_id", info.key_id);
		json_text(json, "digest", info.digest);
		json_text(json, "algorithm", info.algorithm);
		json_bool(json, "attributes", info.attributes);
		json_u64(json, "certificates", (uint64_t)info.certificates);
	} else {
		json_text(json, "problem", "SIGNATURE_FORMAT");
	}
	json_object_end(json);
}

static void sclab_json(struct json *json, enum ipl_problem problem,
		       const struct sclab *sclab)
{
	if (problem != IPL_OK)
		return;
	json_object_begin(json, "sclab");
	json_u64(json, "format", sclab->format);
	json_array_begin(json, "flags");
	for (const struct flag_name *f = sclab_flag_names; f->name; f++)
		if (be16_get(sclab->flags) & f->flag)
			json_text(json, NULL, f->name);
	json_array_end(json);
	json_hex_u64(json, "load_psw", be64_get(sclab->load_psw));
	json_hex_u64(json, "load_address", be64_get(sclab->load_address));
	json_object_end(json);
}

/* --- Disks -------------------------------------------------------------------------- */

void disk_json(struct json *json, const struct disk_file *file, enum ipl_problem problem)
{
	json_text(json, "type", "disk");
	json_u64(json, "size", file->size);
	json_u64(json, "block_size", file->disk.block_size);
	problem_json(json, problem);
}

static const char *type_name(uint8_t type)
{
	switch (type) {
	case COMPONENT_EXEC:
		return "exec";
	case COMPONENT_LOAD:
		return "load";
	case COMPONENT_SIGNATURE:
		return "signature";
	}
	return "unknown";
}

static void load_json(struct json *json, const struct disk_view_entry *entry)
{
	if (entry->name)
		json_text(json, "name", entry->name);
	json_hex_u64(json, "address", entry->value);
	json_u64(json, "alignment", alignment_of(entry->value));
	json_u64(json, "size", entry->size);
	json_u64(json, "first_block", entry->first_block);
	json_u64(json, "extents", entry->extents);
	add_digest(json, entry->bytes, entry->size);
	sclab_json(json, entry->sclab_problem, &entry->sclab);
}

/* The entry says how much of the blocks is the signature. */
static void signature_entry_json(struct json *json, const struct disk_view_entry *entry)
{
	size_t size = entry->signature_size < entry->size ? entry->signature_size
							  : entry->size;

	json_u64(json, "format", entry->format);
	signature_json(json, "signature", entry->bytes, size);
}

static void entry_json(struct json *json, const struct disk_view_entry *entry)
{
	json_object_begin(json, NULL);
	json_text(json, "type", type_name(entry->type));
	if (entry->type == COMPONENT_EXEC)
		json_hex_u64(json, "psw", entry->value);
	else if (entry->type == COMPONENT_LOAD)
		load_json(json, entry);
	else if (entry->type == COMPONENT_SIGNATURE)
		signature_entry_json(json, entry);
	problem_json(json, entry->problem);
	json_object_end(json);
}

void program_json(struct json *json, const struct inspected_program *program)
{
	const struct disk_view *view = &program->view;

	json_object_begin(json, NULL);
	json_array_begin(json, "numbers");
	for (unsigned i = 0; i < program->count; i++)
		json_u64(json, NULL, program->numbers[i]);
	json_array_end(json);
	json_u64(json, "component_table", program->table_block);
	problem_json(json, view->problem);
	if (view->command_line)
		json_text(json, "command_line", view->command_line);
	json_array_begin(json, "components");
	for (unsigned i = 0; i < view->count; i++)
		entry_json(json, &view->entries[i]);
	json_array_end(json);
	json_object_end(json);
}

/* --- Files -------------------------------------------------------------------------- */

void file_json(struct json *json, const struct component_file *file)
{
	json_text(json, "type", "file");
	json_u64(json, "size", file->size);
	json_u64(json, "content_size", file->parts.content_size);
	add_digest(json, file->parts.content, file->parts.content_size);
	json_array_begin(json, "block_sizes");
	for (uint32_t size = BOOTMAP_BLOCK_MIN; size <= BOOTMAP_BLOCK_MAX; size *= 2)
		if (fills_blocks(file, size))
			json_u64(json, NULL, size);
	json_array_end(json);
	if (file->parts.signature)
		signature_json(json, "signature", file->parts.signature,
			       file->parts.signature_size);
	sclab_json(json, file->sclab_problem, &file->sclab);
}
