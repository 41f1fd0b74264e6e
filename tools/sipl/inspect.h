/* SPDX-License-Identifier: MIT */
/* sipl inspect: what its two forms of output share. */
#ifndef UV_TOOLS_SIPL_INSPECT_H
#define UV_TOOLS_SIPL_INSPECT_H

#include "base/json.h"
#include "base/text.h"
#include "ipl/component_file.h"
#include "ipl/disk_file.h"
#include "ipl/disk_view.h"

/* A program with the numbers at which it stands. */
struct inspected_program {
	unsigned numbers[BOOTMAP_PROGRAMS];
	unsigned count;
	uint64_t table_block;
	struct disk_view view;
};

/* The largest power of two, up to 64 KiB, that divides @address. */
uint64_t alignment_of(uint64_t address);

/* Does the file fill whole blocks of @block_size bytes? */
bool fills_blocks(const struct component_file *file, uint32_t block_size);

/* Names of a table of bits; ended by { 0, NULL }. */
struct flag_name {
	uint16_t flag;
	const char *name;
};
extern const struct flag_name sclab_flag_names[];

void disk_text(struct text *out, const char *path, const struct disk_file *file,
	       enum ipl_problem problem);
void program_text(struct text *out, const struct inspected_program *program);
void file_text(struct text *out, const char *path, const struct component_file *file);

/* These add members to the object that is open. */
void disk_json(struct json *json, const struct disk_file *file, enum ipl_problem problem);
void program_json(struct json *json, const struct inspected_program *program);
void file_json(struct json *json, const struct component_file *file);

#endif
