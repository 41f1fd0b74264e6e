/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "dump/confidential.h"
#include "dump/s390_dump.h"
#include "dump/target_internal.h"

#define PATCHES_PER_CPU 5

static const struct s390_dump_end end_marker = { .mark = S390_DUMP_END };

static uint64_t memory_end(const struct dump_view *view)
{
	const struct dump_range *last;

	if (view->count == 0)
		return 0;
	last = &view->ranges[view->count - 1];
	return last->address + last->size;
}

/* Is all of [@address, @address + @size) in the view? */
static bool view_has(const struct dump_view *view, struct dump_reader *reader,
		     uint64_t address, size_t size)
{
	uint8_t bytes[PREFIX_AREA_SIZE];
	bool there = dump_view_read(view, reader, address, bytes, size, NULL) == 0;

	secret_wipe(bytes, sizeof(bytes));
	return there;
}

/* Puts @bytes over the memory at @address. */
static void store(struct target *target, uint64_t address, const void *bytes,
		  size_t size)
{
	target_patch(target, S390_DUMP_HEADER_SIZE + address, bytes, size);
}

static void store_registers(struct target *target, const struct cpu_state *cpu)
{
	struct stored_registers registers = {
		.psw_mask = be64(cpu->psw_mask),
		.psw_address = be64(cpu->psw_address),
	};
	struct stored_control control;

	for (size_t i = 0; i < 16; i++) {
		memcpy(registers.fprs[i], cpu->vectors[i], sizeof(registers.fprs[i]));
		registers.gprs[i] = be64(cpu->gprs[i]);
		control.acrs[i] = be32(cpu->acrs[i]);
		control.crs[i] = be64(cpu->crs[i]);
	}
	store(target, (uint64_t)cpu->prefix + STORED_REGISTERS, &registers,
	      sizeof(registers));
	store(target, (uint64_t)cpu->prefix + STORED_CONTROL, &control, sizeof(control));
	secret_wipe(&registers, sizeof(registers));
	secret_wipe(&control, sizeof(control));
}

static void store_others(struct target *target, const struct cpu_state *cpu)
{
	const struct stored_prefix prefix = {
		.prefix = be32(cpu->prefix),
		.fpc = be32(cpu->fpc),
	};
	const struct stored_timers timers = {
		.cpu_timer = be64(cpu->cpu_timer),
		.clock_comparator = be64(cpu->clock_comparator),
	};

	store(target, (uint64_t)cpu->prefix + STORED_PREFIX, &prefix, sizeof(prefix));
	store(target, (uint64_t)cpu->prefix + STORED_TIMERS, &timers, sizeof(timers));
}

/* Linux keeps an area for the vector registers, to which its prefix area points. */
static void store_vectors(struct target *target, const struct target_input *input,
			  struct dump_reader *reader, const struct cpu_state *cpu)
{
	be64_t pointer;
	uint64_t area;

	if (!cpu->has_vectors ||
	    dump_view_read(input->view, reader, (uint64_t)cpu->prefix + PREFIX_VECTOR_AREA,
			   &pointer, sizeof(pointer), NULL) < 0)
		return;
	area = be64_get(pointer);
	if (area && area % VECTOR_AREA_ALIGNMENT == 0 &&
	    view_has(input->view, reader, area, sizeof(cpu->vectors)))
		store(target, area, cpu->vectors, sizeof(cpu->vectors));
}

static void store_cpus(struct target *target, const struct target_input *input,
		       struct dump_reader *reader)
{
	for (size_t i = 0; i < input->cpu_count; i++) {
		const struct cpu_state *cpu = &input->cpus[i];

		if (!view_has(input->view, reader, cpu->prefix, PREFIX_AREA_SIZE)) {
			log_warn(input->log, "The registers of CPU %zu are left out: its prefix "
				 "area 0x%x is not in the dump", i, cpu->prefix);
			continue;
		}
		store_registers(target, cpu);
		store_others(target, cpu);
		store_vectors(target, input, reader, cpu);
	}
}

/*
 * Fills the zeros at @header in place: gcc 12.2 at -O2 loses most of a local struct
 * of this shape on its way into the file.
 */
static void write_header(struct s390_dump_header *header, const struct target_input *input)
{
	uint64_t end = memory_end(input->view);

	header->magic = be64(S390_DUMP_MAGIC);
	header->version = be32(input->cpu_count ? S390_DUMP_VERSION
						: S390_DUMP_VERSION_NO_CPUS);
	header->header_size = be32(S390_DUMP_HEADER_SIZE);
	header->level = be32(S390_DUMP_LEVEL);
	header->page_size = be32(DUMP_PAGE_SIZE);
	header->memory_size = be64(end);
	header->memory_end = be64(end ? end - 1 : 0);
	header->page_count = be32((uint32_t)(end / DUMP_PAGE_SIZE));
	header->arch = be32(S390_DUMP_ARCH);
	header->cpu_count = be16((uint16_t)input->cpu_count);
	for (size_t i = 0; i < input->cpu_count; i++)
		header->prefixes[i] = be32(input->cpus[i].prefix);
}

/* Memory from 0 on, with zeros where there is none. */
static int add_memory(struct target *target, const struct dump_view *view,
		      struct error *err)
{
	uint64_t address = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < view->count; i++) {
		const struct dump_range *range = &view->ranges[i];

		rc = target_add_zeros(target, range->address - address, err);
		if (rc == 0 && range->zero)
			rc = target_add_zeros(target, range->size, err);
		else if (rc == 0)
			rc = target_add_range(target, range, err);
		address = range->address + range->size;
	}
	return rc;
}

int target_make_s390(struct target *target, const struct target_input *input,
		     struct dump_reader *reader, struct error *err)
{
	int rc;

	if (memory_end(input->view) / DUMP_PAGE_SIZE > UINT32_MAX)
		return error_set(err, ERR_UNSUPPORTED,
				 "The dump has memory above 16 TiB: the s390 format cannot "
				 "count its pages");
	if (input->cpu_count > S390_DUMP_MAX_CPUS)
		return error_set(err, ERR_UNSUPPORTED,
				 "The dump has %zu CPUs: the s390 format has room for %d",
				 input->cpu_count, S390_DUMP_MAX_CPUS);
	rc = target_reserve(target, S390_DUMP_HEADER_SIZE, 2 * input->view->count + 2,
			    input->cpu_count * PATCHES_PER_CPU, err);
	if (rc < 0)
		return rc;
	write_header((struct s390_dump_header *)target->head, input);
	rc = target_add_bytes(target, target->head, S390_DUMP_HEADER_SIZE, err);
	if (rc == 0)
		rc = add_memory(target, input->view, err);
	if (rc == 0)
		rc = target_add_bytes(target, (const uint8_t *)&end_marker,
				      sizeof(end_marker), err);
	if (rc == 0)
		store_cpus(target, input, reader);
	return rc;
}
