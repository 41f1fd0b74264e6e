/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <inttypes.h>

#include "ipl/signature_info.h"
#include "sipl/inspect.h"

/* Text from a disk may hold anything; a terminal is to get no more than letters. */
static void add_harmless(struct text *out, const char *text)
{
	for (; *text; text++)
		text_addf(out, "%c", isprint((unsigned char)*text) ? *text : '?');
}

static void add_problem(struct text *out, const char *start, enum ipl_problem problem)
{
	if (problem != IPL_OK)
		text_addf(out, "%s%s\n", start, ipl_problem_facts(problem)->text);
}

static void add_signature(struct text *out, const void *der, size_t size)
{
	struct signature_info info;

	if (!signature_info_read(&info, der, size)) {
		text_add(out, "no PKCS#7 in DER with one signer");
		return;
	}
	text_addf(out, "%s, %s, by ", info.digest, info.algorithm);
	if (info.key_id[0])
		text_addf(out, "key id %s", info.key_id);
	else
		text_addf(out, "%s, serial number %s", info.issuer, info.serial);
	if (info.attributes)
		text_add(out, ", with attributes");
	if (info.certificates)
		text_addf(out, ", with %d certificates", info.certificates);
}

static void add_sclab(struct text *out, const struct sclab *sclab)
{
	uint16_t flags = be16_get(sclab->flags);

	text_add(out, sclab_is_global(sclab) ? "global SCLAB" : "SCLAB");
	if (sclab->format != SCLAB_FORMAT)
		text_addf(out, " of format %u", sclab->format);
	for (const struct flag_name *f = sclab_flag_names; f->name; f++)
		if (flags & f->flag)
			text_addf(out, " %s", f->name);
	if (be64_get(sclab->load_psw))
		text_addf(out, ", load PSW 0x%016" PRIx64, be64_get(sclab->load_psw));
	if (be64_get(sclab->load_address))
		text_addf(out, ", load address 0x%" PRIx64, be64_get(sclab->load_address));
}

/* --- Disks -------------------------------------------------------------------------- */

void disk_text(struct text *out, const char *path, const struct disk_file *file,
	       enum ipl_problem problem)
{
	text_addf(out, "%s: boot disk of %" PRIu64 " bytes in blocks of %" PRIu32 "\n", path,
		  file->size, file->disk.block_size);
	add_problem(out, "  ", problem);
}

static void add_load(struct text *out, const struct disk_view_entry *entry)
{
	text_addf(out, "0x%-10" PRIx64 " %10zu  %s", entry->value, entry->size,
		  entry->name ? entry->name : "");
	if (entry->sclab_problem == IPL_OK) {
		text_add(out, entry->name ? "; " : "");
		add_sclab(out, &entry->sclab);
	}
	if (alignment_of(entry->value) < 4096)
		text_add(out, "; not at a page's start");
	text_add(out, "\n");
}

static void add_signature_entry(struct text *out, const struct disk_view_entry *entry)
{
	size_t size = entry->signature_size < entry->size ? entry->signature_size
							  : entry->size;

	text_addf(out, "%-12s %10" PRIu32 "  ", "signature", entry->signature_size);
	if (entry->format == SIGNATURE_DER_PKCS7)
		add_signature(out, entry->bytes, size);
	else
		text_addf(out, "of unknown format %u", entry->format);
	text_add(out, "\n");
}

static void add_entry(struct text *out, unsigned number, const struct disk_view_entry *entry)
{
	text_addf(out, "  %5u  ", number);
	switch (entry->type) {
	case COMPONENT_EXEC:
		text_addf(out, "%-12s %10s  PSW 0x%016" PRIx64 "\n", "start", "", entry->value);
		break;
	case COMPONENT_LOAD:
		add_load(out, entry);
		break;
	case COMPONENT_SIGNATURE:
		add_signature_entry(out, entry);
		break;
	default:
		text_addf(out, "of unknown type %u\n", entry->type);
	}
	add_problem(out, "         ", entry->problem);
}

void program_text(struct text *out, const struct inspected_program *program)
{
	const struct disk_view *view = &program->view;

	text_add(out, "\nProgram");
	for (unsigned i = 0; i < program->count; i++)
		text_addf(out, "%s %u", i ? "," : "", program->numbers[i]);
	text_addf(out, " (component table in block %" PRIu64 ")\n", program->table_block);
	add_problem(out, "  ", view->problem);
	if (view->count)
		text_addf(out, "  entry  %-12s %10s\n", "address", "bytes");
	for (unsigned i = 0; i < view->count; i++)
		add_entry(out, i, &view->entries[i]);
	if (view->command_line) {
		text_add(out, "  Command line: ");
		add_harmless(out, view->command_line);
		text_add(out, "\n");
	}
}

/* --- Files -------------------------------------------------------------------------- */

void file_text(struct text *out, const char *path, const struct component_file *file)
{
	text_addf(out, "%s: file of %zu bytes\n  Content: %zu bytes; fills blocks of", path,
		  file->size, file->parts.content_size);
	if (!fills_blocks(file, BOOTMAP_BLOCK_MIN))
		text_add(out, " no size, so that it cannot be signed");
	for (uint32_t size = BOOTMAP_BLOCK_MIN; size <= BOOTMAP_BLOCK_MAX; size *= 2)
		if (fills_blocks(file, size))
			text_addf(out, " %" PRIu32, size);
	text_add(out, "\n  Signature: ");
	if (file->parts.signature) {
		text_addf(out, "%zu bytes, ", file->parts.signature_size);
		add_signature(out, file->parts.signature, file->parts.signature_size);
	} else {
		text_add(out, "none");
	}
	text_add(out, "\n  Attributes: ");
	if (file->sclab_problem == IPL_OK)
		add_sclab(out, &file->sclab);
	else
		text_add(out, ipl_problem_facts(file->sclab_problem)->text);
	text_add(out, "\n");
}
