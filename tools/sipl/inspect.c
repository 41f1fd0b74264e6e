/* SPDX-License-Identifier: MIT */
/* sipl inspect: what is on a disk, or in a file for one. */
#include "sipl/inspect.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "sipl/number.h"
#include "sipl/verbs.h"

struct settings {
	const char *path, *format, *block_size;
};

#define AT(field) offsetof(struct settings, field)

static const struct cli_option options[] = {
	{ .name = "format", .kind = CLI_TEXT, .offset = AT(format), .value = "FORMAT",
	  .help = "Text for people (default) or JSON.", .choices = "text json" },
	{ .name = "block-size", .letter = 'b', .kind = CLI_TEXT, .offset = AT(block_size),
	  .value = "BYTES",
	  .help = "The block size of the disk (default: what its boot record says).",
	  .choices = "512 1024 2048 4096" },
	{ .name = NULL },
};

static const struct cli_operand operands[] = {
	{ .name = "DISK", .kind = CLI_TEXT, .offset = AT(path),
	  .help = "A disk with a boot record of zipl's; or a kernel, a stage 3 or another "
		  "file that may carry an appended signature.",
	  .flags = CLI_REQUIRED | CLI_FILE },
	{ .name = NULL },
};

const struct flag_name sclab_flag_names[] = {
	{ SCLAB_OPSW, "OPSW" }, { SCLAB_OLA, "OLA" }, { SCLAB_NUC, "NUC" },
	{ SCLAB_SC, "SC" },     { 0, NULL },
};

uint64_t alignment_of(uint64_t address)
{
	uint64_t alignment = 0x10000;

	while (address % alignment != 0)
		alignment /= 2;
	return alignment;
}

bool fills_blocks(const struct component_file *file, uint32_t block_size)
{
	return file->parts.content_size % block_size == 0;
}

/* --- Output ------------------------------------------------------------------------- */

/* Both forms are collected, and printed when all is well. */
struct output {
	struct text text;
	struct json json;
	bool as_json;
};

static int print(struct output *output, struct error *err)
{
	int rc;

	if (output->as_json)
		text_add(&output->text, "\n");
	rc = text_ok(&output->text)
		     ? file_write("-", output->text.chars, output->text.length,
				  OUTFILE_REPLACE, 0, err)
		     : error_set(err, ERR_NOMEM, "Out of memory");
	return rc;
}

static void add_program(struct output *output, const struct inspected_program *program)
{
	if (output->as_json)
		program_json(&output->json, program);
	else
		program_text(&output->text, program);
}

/* --- Disks -------------------------------------------------------------------------- */

static bool same_pointer(const struct program_table *table, unsigned a, unsigned b)
{
	return memcmp(&table->programs[a], &table->programs[b],
		      sizeof(table->programs[a])) == 0;
}

/* The numbers that lead to the program @number; false when an earlier one does, too. */
static bool collect_numbers(struct inspected_program *program,
			    const struct program_table *table, unsigned number)
{
	program->count = 0;
	for (unsigned i = 0; i < BOOTMAP_PROGRAMS; i++) {
		if (!same_pointer(table, i, number))
			continue;
		if (i < number)
			return false;
		program->numbers[program->count++] = i;
	}
	return true;
}

static int inspect_programs(struct output *output, const struct bootmap_disk *disk,
			    const struct program_table *table, struct error *err)
{
	struct inspected_program *program = calloc(1, sizeof(*program));
	int rc = program ? 0 : error_set(err, ERR_NOMEM, "Out of memory");

	for (unsigned i = 0; rc == 0 && i < BOOTMAP_PROGRAMS; i++) {
		if (!program_table_has(table, i) || !collect_numbers(program, table, i))
			continue;
		program->table_block = be64_get(table->programs[i].block);
		rc = disk_view_read(&program->view, disk, table, i, err);
		if (rc == 0)
			add_program(output, program);
		disk_view_free(&program->view);
	}
	free(program);
	return rc;
}

static int inspect_disk(struct output *output, const struct disk_file *file,
			const char *path, struct error *err)
{
	struct program_table table = { 0 };
	enum ipl_problem problem = bootmap_read_programs(&file->disk, &table);
	int rc = 0;

	if (output->as_json) {
		disk_json(&output->json, file, problem);
		json_array_begin(&output->json, "programs");
	} else {
		disk_text(&output->text, path, file, problem);
	}
	if (problem == IPL_OK)
		rc = inspect_programs(output, &file->disk, &table, err);
	if (output->as_json)
		json_array_end(&output->json);
	return rc;
}

/* --- Files -------------------------------------------------------------------------- */

static int inspect_file(struct output *output, const char *path, struct error *err)
{
	struct component_file file;
	int rc = component_file_read(&file, path, err);

	if (rc == 0 && output->as_json)
		file_json(&output->json, &file);
	else if (rc == 0)
		file_text(&output->text, path, &file);
	component_file_free(&file);
	return rc;
}

/* --- The verb ----------------------------------------------------------------------- */

static int inspect(struct output *output, const struct settings *settings,
		   uint32_t block_size, struct error *err)
{
	struct disk_file file;
	int rc = disk_file_open(&file, settings->path, block_size, err);

	if (rc < 0)
		return rc;
	rc = file.bootable ? inspect_disk(output, &file, settings->path, err)
			   : inspect_file(output, settings->path, err);
	disk_file_close(&file);
	return rc;
}

static int run(const void *given, struct cli *cli)
{
	const struct settings *settings = given;
	struct output output = {
		.as_json = settings->format && strcmp(settings->format, "json") == 0,
	};
	uint64_t block_size = 0;
	struct error err = { 0 };
	int rc, code = number_option(&block_size, settings->block_size, BOOTMAP_BLOCK_MIN,
				     BOOTMAP_BLOCK_MAX, "block-size", cli);

	if (code != CLI_OK)
		return code;
	output.json = json_to(&output.text, true);
	if (output.as_json)
		json_object_begin(&output.json, NULL);
	rc = inspect(&output, settings, (uint32_t)block_size, &err);
	if (rc == 0 && output.as_json)
		json_object_end(&output.json);
	if (rc == 0)
		rc = print(&output, &err);
	text_free(&output.text);
	return rc < 0 ? cli_fail(cli, &err) : CLI_OK;
}

const struct cli_verb sipl_inspect = {
	.name = "inspect",
	.summary = "Show what is on a boot disk, or in a file for one",
	.options = options,
	.operands = operands,
	.settings_size = sizeof(struct settings),
	.run = run,
};
