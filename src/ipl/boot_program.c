/* SPDX-License-Identifier: MIT */
#include "ipl/boot_program.h"

#include <inttypes.h>
#include <string.h>

#include "image/component_check.h"

#define PAGE 4096UL
#define COMMAND_LINE_ROOM 0x10000UL /* that zipl leaves for it */
#define INITRD_ALIGNMENT 0x10000UL
#define STORAGE_END 0x80000000UL /* short PSWs and older loaders reach no further */

static uint64_t round_up(uint64_t value, uint64_t unit)
{
	return (value + unit - 1) & ~(unit - 1);
}

/* --- Components ------------------------------------------------------------------ */

static void add(struct disk_program *map, const char *name, uint64_t address,
		const void *bytes, size_t size)
{
	map->components[map->count++] = (struct disk_component){
		.name = name,
		.address = address,
		.bytes = bytes,
		.size = size,
	};
}

static void add_file(struct disk_program *map, const char *name, uint64_t address,
		     const struct component_file *file, enum boot_signatures signatures)
{
	struct disk_component *component;

	add(map, name, address, file->parts.content, file->parts.content_size);
	component = &map->components[map->count - 1];
	if (signatures != BOOT_SIGNATURES_NONE) {
		component->signature = file->parts.signature;
		component->signature_size = file->parts.signature_size;
	}
}

/* --- Checks ---------------------------------------------------------------------- */

static int check_stage3(const struct component_file *stage3, struct error *err)
{
	if (stage3->parts.content_size <= STAGE3_SIZE_MAX)
		return 0;
	error_set(err, ERR_FORMAT, "The stage 3 has %zu bytes; %lu fit",
		  stage3->parts.content_size, STAGE3_SIZE_MAX);
	return error_hint(err, ERR_FORMAT, "Is it a stage3.bin?");
}

static int check_kernel(const struct boot_source *source, struct error *err)
{
	const struct appended *kernel = &source->kernel->parts;
	uint64_t room;
	int rc;

	if (kernel->content_size <= KERNEL_IMAGE_SKIP)
		return error_set(err, ERR_FORMAT,
				 "The kernel has %zu bytes; stage 3 drops the first %lu",
				 kernel->content_size, KERNEL_IMAGE_SKIP);
	if (source->command_line && strlen(source->command_line) >= COMMAND_LINE_ROOM)
		return error_set(err, ERR_INVALID,
				 "The command line has %zu characters; there is room for %lu",
				 strlen(source->command_line), COMMAND_LINE_ROOM - 1);
	if (source->unchecked)
		return 0;
	rc = kernel_check(&room, kernel->content, kernel->content_size, err);
	if (rc == 0 && source->command_line)
		rc = cmdline_check(strlen(source->command_line) + 1, room, err);
	return rc;
}

/* What is signed has to be loaded as it was signed: without padding. */
static int check_signed(const struct disk_component *component, uint32_t block_size,
			struct error *err)
{
	if (!component->signature)
		return 0;
	if (component->signature_size > SIGNATURE_SIZE_MAX)
		return error_set(err, ERR_INVALID,
				 "The signature of the %s has %zu bytes; boot loaders take %d",
				 component->name, component->signature_size,
				 SIGNATURE_SIZE_MAX);
	if (component->size % block_size == 0)
		return 0;
	error_set(err, ERR_INVALID,
		  "The signed %s has %zu bytes, which do not fill blocks of %" PRIu32,
		  component->name, component->size, block_size);
	return error_hint(err, ERR_INVALID,
			  "Its signature would not fit what is loaded. Pad the file with zeros before signing it, or choose a smaller block size");
}

static int check_places(const struct disk_program *map, uint32_t block_size,
			struct error *err)
{
	for (unsigned i = 0; i < map->count; i++) {
		const struct disk_component *component = &map->components[i];
		uint64_t end = component->address + round_up(component->size, block_size);
		int rc = check_signed(component, block_size, err);

		if (rc < 0)
			return rc;
		if (end > STORAGE_END)
			return error_set(err, ERR_INVALID,
					 "The %s would end at 0x%" PRIx64
					 "; everything has to lie below 2 GiB",
					 component->name, end);
	}
	return 0;
}

static int require_signature(const struct component_file *file, const char *name,
			     struct error *err)
{
	if (file->parts.signature)
		return 0;
	error_set(err, ERR_INVALID, "The %s is not signed", name);
	return error_hint(err, ERR_INVALID,
			  "Sign it with 'sipl sign', or have it signed here (--key, --cert)");
}

static int check_signatures(const struct boot_source *source, const struct log *log,
			    struct error *err)
{
	int rc = 0;

	if (source->signatures == BOOT_SIGNATURES_REQUIRED) {
		rc = require_signature(source->stage3, "stage 3", err);
		if (rc == 0)
			rc = require_signature(source->kernel, "kernel", err);
	}
	if (rc == 0 && source->signatures != BOOT_SIGNATURES_NONE && source->initrd &&
	    source->initrd->parts.signature)
		log_warn(log,
			 "the initial RAM disk is signed: in secure mode it will be refused, since it has no SCLAB");
	return rc;
}

/* --- Layout ---------------------------------------------------------------------- */

static void set_parameters(struct stage3_parameters *parameters,
			   const struct boot_source *source)
{
	*parameters = (struct stage3_parameters){
		.command_line = be64(STAGE3_NONE),
		.kernel_psw = be64(KERNEL_PSW),
		.flags = be64(STAGE3_FLAG_SCSI),
		.kernel_size = be64(source->kernel->size),
		.kernel = be64(KERNEL_IMAGE_ADDRESS),
		.environment = be64(STAGE3_NONE),
	};
}

/* In zipl's order; the zeros keep the places of stage 3's heap and stack free. */
static void lay_out(struct boot_program *program, const struct boot_source *source)
{
	struct stage3_parameters *parameters = &program->parameters;
	struct disk_program *map = &program->map;
	/* zipl counts the signature in, although it is not loaded. */
	uint64_t next = KERNEL_IMAGE_ADDRESS + source->kernel->size;

	add(map, "heap of stage 3", STAGE3_HEAP, NULL, STAGE3_HEAP_SIZE);
	add(map, "stack of stage 3", STAGE3_STACK, NULL, STAGE3_STACK_SIZE);
	add_file(map, "stage 3", STAGE3_ADDRESS, source->stage3, source->signatures);
	add(map, "parameters of stage 3", STAGE3_PARAMETERS, parameters,
	    sizeof(*parameters));
	add_file(map, "kernel", KERNEL_IMAGE_ADDRESS, source->kernel, source->signatures);
	if (source->command_line) {
		next = round_up(next, PAGE);
		add(map, "command line", next, source->command_line,
		    strlen(source->command_line) + 1);
		parameters->command_line = be64(next);
		next += COMMAND_LINE_ROOM;
	}
	if (source->initrd) {
		next = round_up(next, INITRD_ALIGNMENT);
		add_file(map, "initial RAM disk", next, source->initrd, source->signatures);
		parameters->initrd = be64(next);
		parameters->initrd_size = be64(source->initrd->parts.content_size);
	}
	map->psw = STAGE3_PSW;
}

int boot_program_make(struct boot_program *program, const struct boot_source *source,
		      uint32_t block_size, const struct log *log, struct error *err)
{
	int rc = check_stage3(source->stage3, err);

	*program = (struct boot_program){ 0 };
	if (rc == 0)
		rc = check_kernel(source, err);
	if (rc == 0)
		rc = check_signatures(source, log, err);
	if (rc < 0)
		return rc;
	set_parameters(&program->parameters, source);
	lay_out(program, source);
	return check_places(&program->map, block_size, err);
}
